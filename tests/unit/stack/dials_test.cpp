// Dials meet listeners; what cannot be decided stays undecided; URLs and addresses.
#include "stack/dials/dials.hpp"

#include "stack/monitoring/monitoring.hpp"
#include "stack/net.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

facts::Listener tcp(std::string service, std::string family, std::string address,
                    std::int64_t port) {
  facts::Listener row;
  row.path = "/etc/" + service;
  row.service = std::move(service);
  row.family = std::move(family);
  row.address = std::move(address);
  row.port = port;
  row.on_inet6 = row.family == "inet6";
  row.on_inet = row.family == "inet" || row.address == "*";
  return row;
}

facts::Dial call(std::string family, std::string address, std::int64_t port,
                 std::string expects = {}) {
  facts::Dial row;
  row.service = "nginx";
  row.scheme = "http";
  row.family = std::move(family);
  row.address = row.host = std::move(address);
  row.port = port;
  row.expects = std::move(expects);
  row.local = true;
  return row;
}

// "apache" or "nobody (NEAREST)" or "?" for each dial.
std::string decide(MemorySurvey& memory) {
  auto survey = memory.open();
  connect_dials(survey, {});
  std::string out;
  for (const auto& dial : memory.facts.rows<facts::Dial>())
    out += (!dial.answered   ? "?"
            : *dial.answered ? dial.answered_by
                             : "nobody (" + dial.nearest + ")") +
           "\n";
  return out;
}

TEST(Dials, FamiliesAndWildcards) {
  MemorySurvey memory;
  memory.facts.add(tcp("apache", "inet", "127.0.0.1", 8080));
  memory.facts.add(tcp("nginx", "inet6", "*", 80));
  memory.facts.add(call("inet", "127.0.0.1", 8080));
  memory.facts.add(call("inet6", "::1", 8080));
  memory.facts.add(call("inet", "127.0.0.5", 80));
  memory.facts.add(call("inet6", "::1", 80));
  auto by_name = call("inet6", "::1", 8080);
  by_name.host = "localhost";
  memory.facts.add(by_name);
  EXPECT_EQ(decide(memory),
            "apache\nnobody (apache listens on 127.0.0.1:8080)\nnginx\nnginx\napache\n");
}

TEST(Dials, UndecidedWhereSomethingElseMayListen) {
  MemorySurvey memory;
  memory.file("/etc/systemd/system/app.service 0644 root:root",
              "[Service]\nExecStart=/usr/bin/node\nEnvironment=PORT=3000\n");
  memory.facts.add(call("inet", "127.0.0.1", 3000));
  memory.facts.add(call("inet", "127.0.0.1", 4000));
  auto remote = call("inet", "192.0.2.1", 80);
  remote.local = false;
  memory.facts.add(remote);
  EXPECT_EQ(decide(memory), "?\n?\n?\n");
  MemorySurvey bare;
  bare.facts.add(call("inet", "127.0.0.1", 4000));
  EXPECT_EQ(decide(bare), "nobody ()\n");
}

TEST(Dials, UndecidedWhereAServerWasNotRead) {
  MemorySurvey memory;
  memory.file("/etc/apache2/apache2.conf 0644 root:root", "");
  memory.facts.add(call("inet", "127.0.0.1", 8080));
  EXPECT_EQ(decide(memory), "?\n");
}

TEST(Monitoring, DatadogChecks) {
  MemorySurvey memory;
  memory
      .file("/a/conf.d/apache.d/conf.yaml 0644 root:root",
            "instances:\n  - apache_status_url: \"http://localhost:81/server-status?auto\"\n"
            "logs:\n  - path: /var/log/none/x.log\n")
      .file("/a/conf.d/apache.d/conf.yaml.example 0644 root:root",
            "instances:\n  - apache_status_url: http://x/\n")
      .file("/a/conf.d/nginx.d/conf.yaml.default 0644 root:root",
            "instances:\n  - nginx_status_url: http://[::1]/s\n")
      .file("/a/conf.d/mysql.yaml 0644 root:root", "instances: [{host: 127.0.0.1, port: 3307}]\n")
      .file("/a/conf.d/redisdb.d/conf.yaml 0644 root:root", "instances: []\n");
  auto survey = memory.open();
  read_monitoring(survey, {{"datadog", "/a/conf.d", false}});
  std::string out;
  for (const auto& row : memory.facts.rows<facts::Monitor>())
    out += where(row) + " " + row.target + " " + row.url + "\n";
  for (const auto& row : memory.facts.rows<facts::Dial>())
    out += where(row) + " " + row.expects + " " + row.address + " " + std::to_string(*row.port) +
           " " + row.url_path + "\n";
  EXPECT_EQ(out + dump_references(memory.facts),
            "/a/conf.d/apache.d/conf.yaml:2 apache http://localhost:81/server-status?auto\n"
            "/a/conf.d/mysql.yaml:1 mariadb \n"
            "/a/conf.d/nginx.d/conf.yaml.default:2 nginx http://[::1]/s\n"
            "/a/conf.d/apache.d/conf.yaml:2 apache 127.0.0.1 81 /server-status?auto\n"
            "/a/conf.d/mysql.yaml:1 mariadb 127.0.0.1 3307 \n"
            "/a/conf.d/nginx.d/conf.yaml.default:2 nginx ::1 80 /s\n"
            "/a/conf.d/apache.d/conf.yaml:4 watched-log-directory /var/log/none/x.log missing "
            "optional\n");
}

TEST(Net, AddressesAndUrls) {
  EXPECT_EQ(numeric_address("[0:0::1]")->numeric, "::1");
  EXPECT_EQ(numeric_address("0.0.0.0")->numeric, "*");
  EXPECT_FALSE(numeric_address("example"));
  const auto url = parse_url("https://user@[::1]?q");
  EXPECT_TRUE(url.valid);
  EXPECT_EQ(url.host + " " + std::to_string(*url.port) + " " + url.path, "::1 443 /?q");
  EXPECT_FALSE(parse_url("http://:80/").valid);
  EXPECT_FALSE(parse_url("http://x:99999/").valid);
  EXPECT_FALSE(parse_url("/status").valid);
}

}  // namespace
}  // namespace stackaudit::stack

// Addresses in the lines of monitoring agents.
#include "stack/monitoring/probes.hpp"

#include "stack/monitoring/host_header.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

std::string dump(std::string_view line) {
  std::string text;
  for (const auto& probe : probes_in(line)) {
    text += (text.empty() ? "" : "; ") + probe.scheme + " ";
    text += probe.socket.empty() ? probe.host + ":" + std::to_string(probe.port.value_or(0))
                                 : probe.socket;
    text += " " + probe.path;
  }
  return text;
}

TEST(Probes, Urls) {
  EXPECT_EQ(dump("  urls = [\"http://localhost/server-status?auto\"]"),
            "http localhost:80 /server-status?auto");
  EXPECT_EQ(dump("ARGS=\"--scrape_uri=http://127.0.0.1:8080/x\""), "http 127.0.0.1:8080 /x");
  EXPECT_EQ(dump("env.url http://127.0.0.1:%d/server-status?auto"), "");
  EXPECT_EQ(dump("x https://[::1]:8443/status"), "https ::1:8443 /status");
}

TEST(Probes, Sockets) {
  EXPECT_EQ(dump("status_url: unix:///run/php/app.sock/status"), "unix /run/php/app.sock /status");
  EXPECT_EQ(dump("--phpfpm.scrape-uri \"unix:///run/php/app.sock;/status\""),
            "unix /run/php/app.sock /status");
}

TEST(Probes, SocketsAsTelegrafHasThem) {
  EXPECT_EQ(dump("  urls = [\"/run/php/app.sock:status\"]"), "unix /run/php/app.sock /status");
  EXPECT_EQ(dump("  urls = [\"/run/php/app.sock\"]"), "unix /run/php/app.sock ");
  EXPECT_EQ(dump("  endpoint = \"/run/docker.sock\""), "");
}

TEST(Probes, Plugins) {
  EXPECT_EQ(dump("command[x]=/usr/lib/nagios/plugins/check_http -H 127.0.0.1 -p 8000 -u /status"),
            "http 127.0.0.1:8000 /status");
  EXPECT_EQ(dump("command[x]=/usr/lib/nagios/plugins/check_http -H web.example.org -p 8000"), "");
  EXPECT_EQ(dump("check_tcp -H localhost -p9000"), "tcp localhost:9000 ");
}

TEST(Probes, PluginsThatNameTheServerBesideTheAddress) {
  const auto name = [](std::string_view line) {
    const auto probes = probes_in(line);
    return probes.size() == 1 ? probes[0].host + " " + probes[0].name : "?";
  };
  EXPECT_EQ(name("check_http -I 127.0.0.1 -H blog.example.org -u /a"),
            "127.0.0.1 blog.example.org");
  EXPECT_EQ(name("check_http -H blog.example.org -I 127.0.0.1 -u /a"),
            "127.0.0.1 blog.example.org");
  EXPECT_EQ(name("check_http -H 127.0.0.1 -u /a"), "127.0.0.1 ");
}

TEST(Probes, HostHeaders) {
  EXPECT_EQ(host_header("curl -s -H 'Host: Blog.example.org' http://127.0.0.1/"),
            "blog.example.org");
  EXPECT_EQ(host_header("with http headers [Host: a.net, Cache-Control: no-cache]"), "a.net");
  EXPECT_EQ(host_header("if failed host 127.0.0.1 port 80 hostheader \"b.net\""), "b.net");
  EXPECT_EQ(host_header("[inputs.http.headers]\n  Host = \"c.net\""), "c.net");
  EXPECT_EQ(host_header("http://localhost:80/ -H 'X-Forwarded-Host: x'"), "");
  EXPECT_EQ(host_header("urls = [\"http://localhost/status?host=db1\"]"), "");
  EXPECT_EQ(host_header("curl -d host=db1 http://localhost/"), "");
}

TEST(Probes, TextOfACheck) {
  const std::string monit =
      "check host a\n if failed port 80\n  request \"/\"\n if failed port 1\n";
  EXPECT_EQ(text_of_check("monit", monit, 13), " if failed port 80\n  request \"/\"");
  EXPECT_EQ(text_of_check("telegraf", "[[a]]\nurls = 1\n[a.headers]\n[[b]]\n", 6),
            "urls = 1\n[a.headers]");
  EXPECT_EQ(text_of_check("telegraf", "urls = 1\n#  Host = \"x\"\n# [[b]]\nHost = 2\n", 0),
            "urls = 1");
  EXPECT_EQ(text_of_check("zabbix", "a\nb\n", 0), "a");
}

TEST(Probes, Pairs) {
  EXPECT_EQ(dump("  - targets: ['localhost:9113', 'web2.example.org:9113']"),
            "tcp localhost:9113 ");
  EXPECT_EQ(dump("UserParameter=n,curl -s localhost:8081/stub_status"),
            "http localhost:8081 /stub_status");
}

TEST(Probes, Monit) {
  EXPECT_EQ(dump("if failed host 127.0.0.1 port 8000 protocol http request \"/s\" then alert"),
            "http 127.0.0.1:8000 /s");
  EXPECT_EQ(dump("if failed unixsocket /run/php/x.sock then alert"), "unix /run/php/x.sock ");
}

}  // namespace
}  // namespace stackaudit::stack

// nginx over a tree in memory: what the reader makes of includes, accounts, addresses, files.
#include "stack/nginx/nginx.hpp"

#include "memory_survey.hpp"
#include "stack/nginx/build.hpp"
#include "stack/nginx/values.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kConf = "/etc/nginx/nginx.conf";

void read(MemorySurvey& memory, const Systemd& systemd = {}) {
  auto survey = memory.open();
  read_nginx(survey, systemd, {"nginx", std::string(kConf), false});
}

Systemd unit(std::vector<std::string> args, std::optional<std::string> user = std::nullopt) {
  ServiceUnit nginx;
  nginx.name = "nginx.service";
  nginx.kind = "nginx";
  nginx.path = "/lib/systemd/system/nginx.service";
  nginx.user = nginx.group = std::move(user);
  nginx.user_place = Survey::whole_file(nginx.path);
  Command command;
  command.program = "/usr/sbin/nginx";
  command.args = std::move(args);
  command.place = Survey::whole_file(nginx.path);
  nginx.exec_start = {std::move(command)};
  Systemd systemd;
  systemd.units_ = {std::move(nginx)};
  return systemd;
}

std::string dump_workers(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::Worker>())
    out += where(row) + " " + row.user + ":" + row.primary_group + " " + row.decided_by +
           (row.groups.empty() ? "" : " +" + row.groups) + "\n";
  return out;
}

std::string dump_refused(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::Access>())
    if (!row.allowed)
      out += where(row) + " " + row.process + " " + row.user + " " + row.operation + " " +
             row.target + " " + row.error + "\n";
  return out;
}

std::string dump_dials(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::Dial>())
    out += where(row) + " " + row.scheme + " " + row.family + " " +
           (row.socket.empty() ? row.address + ":" + std::to_string(row.port.value_or(0))
                               : row.socket) +
           (row.required ? "" : " spare") + (row.expects.empty() ? "" : " " + row.expects) + "\n";
  return out;
}

// A text that one `set` gives is what nginx connects to; a name it would look up when a request
// comes.
TEST(NginxReader, AddressesInVariables) {
  MemorySurvey memory;
  memory.file("/etc/nginx/nginx.conf 0644 root:root",
              "events { }\nhttp { server { listen 80;\nset $main 127.0.0.1:81;\n"
              "location /a { proxy_pass http://$main; }\n"
              "location /b { set $own 127.0.0.1:82; proxy_pass http://$own; }\n"
              "location /c { proxy_pass http://$own; }\n"
              "location /d { set $two 127.0.0.1:83; if ($arg_x) { set $two 127.0.0.1:84; }\n"
              "proxy_pass http://$two; }\n"
              "location /e { set $name backend:85; proxy_pass http://$name; } } }\n");
  read(memory);
  EXPECT_EQ(dump_dials(memory.facts),
            "/etc/nginx/nginx.conf:4 http inet 127.0.0.1:81\n"
            "/etc/nginx/nginx.conf:5 http inet 127.0.0.1:82\n");
}

TEST(NginxReader, FollowsIncludesInOrderAndContext) {
  MemorySurvey memory;
  memory
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "events { }\nhttp {\n include b.conf;\n include sites/*;\n}\ninclude none.conf;\n")
      .file("/etc/nginx/b.conf 0644 root:root", "server { listen 81; }")
      .file("/etc/nginx/sites/2 0644 root:root", "server { listen 82; }")
      .file("/etc/nginx/sites/1 -> /etc/nginx/b.conf")
      .file("/etc/nginx/sites/3 -> gone")
      .file("/etc/nginx/sites/.hidden 0644 root:root", "}");
  read(memory);
  EXPECT_EQ(dump_listeners(memory.facts),
            "/etc/nginx/b.conf:1 nginx inet *:81 4\n"
            "/etc/nginx/sites/1:1 nginx inet *:81 4\n"
            "/etc/nginx/sites/2:1 nginx inet *:82 4\n");
  EXPECT_EQ(dump_references(memory.facts),
            "/etc/nginx/nginx.conf:3 include b.conf found\n"
            "/etc/nginx/sites/3 include gone dangling\n"
            "/etc/nginx/nginx.conf:6 include none.conf missing\n");
  EXPECT_EQ(dump_problems(memory.facts),
            "/etc/nginx/sites/1:1 warning conflicting server name \"\" on 0.0.0.0:81, ignored\n"
            "/etc/nginx/b.conf:1 info of 2 servers on 0.0.0.0:81 none is the default_server: this "
            "one, read first, answers to every unknown name\n");
}

TEST(NginxReader, CyclesUtf16AndNulBytesAreToldOnce) {
  MemorySurvey memory;
  memory
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "events { }\ninclude nginx.conf;\ninclude u;\ninclude n;\n")
      .file("/etc/nginx/u 0644 root:root", std::string_view("\xff\xfeu\0;\0", 6))
      .file("/etc/nginx/n 0644 root:root", std::string(5000, '\0'));
  read(memory);
  EXPECT_EQ(dump_problems(memory.facts),
            "/etc/nginx/nginx.conf:2 error \"/etc/nginx/nginx.conf\" includes itself: nginx reads "
            "it until it crashes\n"
            "/etc/nginx/u:1 error \"/etc/nginx/u\" is UTF-16 text: nginx reads bytes\n"
            "/etc/nginx/n:1 error \"/etc/nginx/n\" has NUL bytes: it is no text\n");
}

TEST(NginxReader, KnowsWhomTheWorkersRunAs) {
  const auto workers = [](std::string_view conf, const Systemd& systemd = {}) {
    MemorySurvey memory;
    memory.file("/etc/nginx/nginx.conf 0644 root:root", conf);
    read(memory, systemd);
    return dump_workers(memory.facts);
  };
  EXPECT_EQ(workers("user www-data;"), "/etc/nginx/nginx.conf:1 www-data:www-data directive\n");
  EXPECT_EQ(workers("user www-data root;"), "/etc/nginx/nginx.conf:1 www-data:root directive\n");
  EXPECT_EQ(workers(""), "/etc/nginx/nginx.conf nobody:nogroup default\n");
  EXPECT_EQ(workers("user root;", unit({}, "www-data")),
            "/lib/systemd/system/nginx.service www-data:www-data unit\n");
  EXPECT_EQ(workers("user www-data;\nmaster_process off;"),
            "/etc/nginx/nginx.conf:2 root:root directive\n");
  EXPECT_EQ(workers("user gone;"), "/etc/nginx/nginx.conf:1 gone:gone directive\n");
}

TEST(NginxReader, UnderUserTheMasterNeedsEveryRight) {
  MemorySurvey memory;
  memory
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "pid /run/nginx.pid;\nevents { }\nhttp {\n access_log /var/log/nginx/a;\n"
            " include closed/*;\n include s;\n}\n")
      .file("/etc/nginx/closed 0700 root:root dir")
      .file("/etc/nginx/closed/a 0644 root:root", "server { }")
      .file("/etc/nginx/s 0600 root:root", "server { listen 90; }")
      .file("/run 0755 root:root dir")
      .file("/var/lib/nginx 0755 root:root dir")
      .file("/var/log/nginx 0755 root:root dir");
  read(memory, unit({}, "www-data"));
  EXPECT_EQ(dump_refused(memory.facts),
            "/etc/nginx/nginx.conf:5 nginx master www-data read /etc/nginx/closed EACCES\n"
            "/etc/nginx/nginx.conf:6 nginx master www-data read /etc/nginx/s EACCES\n"
            "/etc/nginx/nginx.conf:4 nginx master www-data append /var/log/nginx/a EACCES\n"
            "/etc/nginx/nginx.conf:1 nginx master www-data append /run/nginx.pid EACCES\n"
            "/etc/nginx/nginx.conf:3 nginx master www-data create /var/lib/nginx/body EACCES\n"
            "/etc/nginx/nginx.conf:3 nginx master www-data create /var/lib/nginx/proxy EACCES\n"
            "/etc/nginx/nginx.conf:3 nginx master www-data create /var/lib/nginx/fastcgi EACCES\n"
            "/etc/nginx/nginx.conf:3 nginx master www-data create /var/lib/nginx/uwsgi EACCES\n"
            "/etc/nginx/nginx.conf:3 nginx master www-data create /var/lib/nginx/scgi EACCES\n");
  // The directory that cannot be listed gives nginx no file at all.
  EXPECT_EQ(dump_listeners(memory.facts), "/etc/nginx/s:1 nginx inet *:90 4\n");
}

TEST(NginxReader, ResolvesListen) {
  MemorySurvey memory;
  memory.file("/etc/hosts 0644 root:root", "127.0.0.1 localhost\n::1 localhost\n10.0.0.1 inside\n")
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "events { }\nhttp {\nserver { }\nserver { listen [::]:80 ipv6only=off; }\n"
            "server { listen localhost:81; }\nserver { listen inside; }\n"
            "server { listen 8000-8001; }\nserver { listen unix:/run/n.sock; }\n"
            "server { listen nowhere:1; }\n}\n");
  read(memory);
  EXPECT_EQ(dump_listeners(memory.facts),
            "/etc/nginx/nginx.conf:3 nginx inet *:80 4\n"
            "/etc/nginx/nginx.conf:4 nginx inet6 *:80 4 6\n"
            "/etc/nginx/nginx.conf:5 nginx inet 127.0.0.1:81 4\n"
            "/etc/nginx/nginx.conf:5 nginx inet6 ::1:81 6\n"
            "/etc/nginx/nginx.conf:6 nginx inet 10.0.0.1:80 4\n"
            "/etc/nginx/nginx.conf:7 nginx inet *:8000 4\n"
            "/etc/nginx/nginx.conf:7 nginx inet *:8001 4\n"
            "/etc/nginx/nginx.conf:8 nginx unix /run/n.sock root:root\n");
  EXPECT_EQ(
      dump_problems(memory.facts),
      "/etc/nginx/nginx.conf:4 error bind() to [::]:80 failed (98: Address already in use)\n");
  EXPECT_EQ(dump_references(memory.facts), "/etc/nginx/nginx.conf:9 listen-host nowhere missing\n");
}

TEST(NginxReader, ResolvesWhomItPassesRequestsTo) {
  MemorySurvey memory;
  memory.file("/var/run -> /run")
      .file("/run 0755 root:root dir")
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "events { }\nhttp {\nupstream app { server unix:/var/run/php/app.sock; server "
            "127.0.0.1:9001 backup; }\nserver {\nlocation ~ \\.php$ { fastcgi_pass app; }\n"
            "location /a { proxy_pass http://localhost:8080/x; }\n"
            "location /b { proxy_pass https://10.0.0.9; }\n"
            "location /c { proxy_pass http://www.example.org; }\n"
            "location /d { proxy_pass http://$host; }\n"
            "location /e { proxy_pass http://127.0.0.1:82$request_uri; }\n}\n}\n");
  read(memory);
  EXPECT_EQ(dump_dials(memory.facts),
            "/etc/nginx/nginx.conf:6 http inet 127.0.0.1:8080\n"
            "/etc/nginx/nginx.conf:6 http inet6 ::1:8080 spare\n"
            "/etc/nginx/nginx.conf:7 https inet 10.0.0.9:443\n"
            "/etc/nginx/nginx.conf:8 http  :80\n"
            "/etc/nginx/nginx.conf:10 http inet 127.0.0.1:82\n"
            "/etc/nginx/nginx.conf:3 fastcgi unix /run/php/app.sock php-fpm\n"
            "/etc/nginx/nginx.conf:3 fastcgi inet 127.0.0.1:9001 spare php-fpm\n");
  EXPECT_EQ(memory.facts.rows<facts::Site>().at(0).php, "unix:/run/php/app.sock");
}

TEST(NginxReader, ServesFilesAsTheWorker) {
  MemorySurvey memory;
  memory
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "user www-data;\nevents { }\nhttp {\ntypes { text/css css; text/html html; }\n"
            "server { root /srv/a; location /x/ { alias /srv/none/; }\n"
            "location /api { proxy_pass http://127.0.0.1:1; } }\n}\n")
      .file("/srv/a/index.html 0644 root:root", "x")
      .file("/srv/a/a.css 0600 root:root", "x")
      .file("/srv/a/.secret 0600 root:root", "x")
      .file("/srv/a/closed 0700 root:root dir")
      .file("/srv/a/closed/b.css 0644 root:root", "x");
  read(memory);
  EXPECT_EQ(dump_refused(memory.facts),
            "/etc/nginx/nginx.conf:5 nginx worker www-data read /srv/a/a.css EACCES\n"
            "/etc/nginx/nginx.conf:5 nginx worker www-data search /srv/a/closed EACCES\n");
  EXPECT_EQ(dump_references(memory.facts),
            "/etc/nginx/nginx.conf:1 user www-data found\n"
            "/etc/nginx/nginx.conf:1 group www-data found\n"
            "/etc/nginx/nginx.conf:5 document-root /srv/a found\n"
            "/etc/nginx/nginx.conf:5 document-root /srv/none/ missing optional\n");
}

// The rest of a root that a location names is not served by it.
TEST(NginxReader, LooksOnlyAtWhatALocationReaches) {
  MemorySurvey memory;
  memory.file("/srv/private 0700 root:root dir")
      .file("/srv/inbox/old 0700 root:root dir")
      .file("/srv/mirror 0755 root:root dir")
      .file("/srv/kept 0755 root:root dir")
      .file("/srv/one.png 0600 root:root", "x")
      .file("/srv/private/two.png 0644 root:root", "x")
      .file("/srv/open/o 0755 www-data:www-data dir")
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "user www-data;\nworking_directory /srv/private;\nevents {}\nhttp {\nserver {\n"
            "location /inbox/ {\nroot /srv;\ndav_methods PUT;\n}\n"
            "location /m/ {\nproxy_store /srv/mirror/new$uri;\n"
            "proxy_pass http://127.0.0.1:80;\n}\n"
            "location @keep {\nroot /srv/kept;\nproxy_store on;\n"
            "proxy_pass http://127.0.0.1:80;\n}\n"
            "location = /one.png {\nalias /srv/one.png;\n}\n"
            "location = /two.png {\nroot /srv/private;\n}\n"
            "location ~ ^/o/ {\nroot /srv/open;\nproxy_store on;\n"
            "proxy_pass http://127.0.0.1:80;\n}\n}\n}\n");
  read(memory);
  EXPECT_EQ(dump_refused(memory.facts),
            "/etc/nginx/nginx.conf:20 nginx worker www-data read /srv/one.png EACCES\n"
            "/etc/nginx/nginx.conf:23 nginx worker www-data read /srv/private/two.png EACCES\n"
            "/etc/nginx/nginx.conf:2 nginx worker www-data search /srv/private EACCES\n"
            "/etc/nginx/nginx.conf:8 nginx worker www-data create /srv/inbox/.new EACCES\n"
            "/etc/nginx/nginx.conf:11 nginx worker www-data create /srv/mirror/.new EACCES\n"
            "/etc/nginx/nginx.conf:16 nginx worker www-data create /srv/kept/.new EACCES\n"
            "/etc/nginx/nginx.conf:7 nginx worker www-data search /srv/inbox/old EACCES\n");
}

TEST(NginxBuild, ReadsTheProgramsOwnWords) {
  tree::MemoryTree tree;
  tree.add("/usr/sbin/nginx 0755 root:root",
           std::string("\x7f\0nginx version: nginx/1.24.0 (x)\n\0", 35) +
               "configure arguments: --prefix=/etc/nginx --conf-path=/etc/nginx/nginx.conf "
               "--user=nginx --with-cc-opt='-g -O2' --pid-path=/run/n.pid" +
               std::string("\0root\0", 6));
  const auto build = nginx::read_build(tree, "");
  EXPECT_EQ(build.version, "1.24.0");
  EXPECT_EQ(build.prefix, "/etc/nginx");
  EXPECT_EQ(build.user + ":" + build.group, "nginx:nginx");
  EXPECT_EQ(build.pid_path, "/run/n.pid");
  EXPECT_EQ(build.http_log, "/etc/nginx/logs/access.log");
  EXPECT_TRUE(build.declared.may_know("root"));
  EXPECT_FALSE(build.declared.may_know("http2"));
  EXPECT_EQ(build.options.at(3), "--with-cc-opt=-g -O2");
}

TEST(NginxValues, AreThoseThatNginxTakes) {
  EXPECT_EQ(nginx::parse_number("768"), 768);
  EXPECT_EQ(nginx::parse_number("1O24"), std::nullopt);
  EXPECT_EQ(nginx::parse_number("99999999999999999999"), std::nullopt);
  EXPECT_EQ(nginx::parse_size("8k", false), 8192);
  EXPECT_EQ(nginx::parse_size("1g", false), std::nullopt);
  EXPECT_EQ(nginx::parse_size("1g", true), 1 << 30);
  for (const char* time : {"0", "30", "1h30m", "1m 30s", "500ms", "1d"})
    EXPECT_TRUE(nginx::is_time(time, false)) << time;
  for (const char* time : {"", "1x", "30s1m", "1M", "s", "1m 30s x"})
    EXPECT_FALSE(nginx::is_time(time, false)) << time;
  EXPECT_TRUE(nginx::is_time("1y 2M", true));
  EXPECT_FALSE(nginx::is_time("5ms", true));
}

}  // namespace
}  // namespace stackaudit::stack

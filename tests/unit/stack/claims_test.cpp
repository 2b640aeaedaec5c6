// Addresses that other programs claim: options of their units, lines of their configuration.
#include "stack/dials/claims.hpp"

#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

// The claims of one unit that is started at boot; config is a file and its content.
std::string claims(const std::string& command, std::string_view config = {},
                   std::string_view content = {}) {
  MemorySurvey memory;
  memory.file("/etc/systemd/system/x.service 0644 root:root",
              "[Service]\nExecStart=" + command + "\n[Install]\nWantedBy=multi-user.target\n");
  memory.file(
      "/etc/systemd/system/multi-user.target.wants/x.service -> /etc/systemd/system/x.service");
  if (!config.empty()) memory.file(std::string(config) + " 0644 root:root", content);
  memory.facts.add(facts::Service{});
  auto survey = memory.open();
  read_other_claims(survey);
  std::string out;
  for (const auto& row : memory.facts.rows<facts::Listener>())
    out += (out.empty() ? "" : ", ") + row.service + " " + row.address + ":" +
           std::to_string(row.port.value_or(0)) + (row.on_inet ? " 4" : "") +
           (row.on_inet6 ? " 6" : "");
  return out;
}

TEST(Claims, OptionsOfTheCommand) {
  EXPECT_EQ(claims("/usr/sbin/varnishd -a :80 -a localhost:8443,PROXY"),
            "varnish *:80 4 6, varnish 127.0.0.1:8443 4");
  EXPECT_EQ(claims("/usr/bin/gunicorn -b 127.0.0.1:8000 --bind=[::1]:8001 app"),
            "gunicorn 127.0.0.1:8000 4, gunicorn ::1:8001 6");
  EXPECT_EQ(claims("/usr/bin/docker run -p 8080:80 -p 127.0.0.1:9000:9000 -p 80 image"),
            "docker *:8080 4 6, docker 127.0.0.1:9000 4");
  EXPECT_EQ(claims("/usr/bin/gunicorn -b unix:/run/app.sock app"), "");
  EXPECT_EQ(claims("/usr/bin/gunicorn -b 127.0.0.1:$PORT app"), "");
  EXPECT_EQ(claims("/usr/bin/other -p 80"), "");
  EXPECT_EQ(claims("/usr/bin/php -S 127.0.0.1:8081 -t /srv/www"), "php 127.0.0.1:8081 4");
  EXPECT_EQ(claims("/usr/bin/python3 -m http.server 8081 --bind ::1"), "python ::1:8081 6");
  EXPECT_EQ(claims("/usr/bin/socat TCP-LISTEN:80,fork TCP:10.0.0.5:80"), "socat *:80 4 6");
}

TEST(Claims, LinesOfOtherConfigurations) {
  EXPECT_EQ(claims("/usr/sbin/sshd -D $SSHD_OPTS", "/etc/ssh/sshd_config",
                   "Port 22\n#Port 80\nPort 443\nPermitRootLogin no\n"),
            "sshd *:22 4 6, sshd *:443 4 6");
  EXPECT_EQ(
      claims("/usr/sbin/sshd -D", "/etc/ssh/sshd_config", "Port 443\nListenAddress 10.0.0.5\n"),
      "sshd 10.0.0.5:443 4");
  EXPECT_EQ(claims("/usr/share/memcached/scripts/systemd-memcached-wrapper /etc/memcached.conf",
                   "/etc/memcached.conf", "-d\n-m 64\n-p 8080\n-l 127.0.0.1\n"),
            "memcached 127.0.0.1:8080 4");
}

TEST(Claims, APortAloneIsAtTheAddressesOfAnotherOption) {
  EXPECT_EQ(claims("/usr/bin/uvicorn app --port 8080"), "uvicorn 127.0.0.1:8080 4");
  EXPECT_EQ(claims("/usr/bin/uvicorn app --port 8080 --host 0.0.0.0"), "uvicorn *:8080 4");
  EXPECT_EQ(claims("/usr/bin/memcached -p 8080 -l 10.0.0.5,::1 -m 64"),
            "memcached 10.0.0.5:8080 4, memcached ::1:8080 6");
  EXPECT_EQ(claims("/usr/bin/redis-server --bind 10.0.0.5 -::1 --port 8080"),
            "redis 10.0.0.5:8080 4, redis ::1:8080 6");
  EXPECT_EQ(claims("/usr/bin/redis-server --port 8080 --bind nowhere.invalid"), "");
}

TEST(Claims, LinesOfTheConfiguration) {
  constexpr const char* kRedis = "/usr/bin/redis-server /etc/redis/redis.conf --daemonize no";
  EXPECT_EQ(claims(kRedis, "/etc/redis/redis.conf", "bind 127.0.0.1 -::1\nport 8080\n"),
            "redis 127.0.0.1:8080 4, redis ::1:8080 6");
  EXPECT_EQ(claims(kRedis, "/etc/redis/redis.conf", "bind 127.0.0.1\nport 8080\nbind 10.0.0.5\n"),
            "redis 10.0.0.5:8080 4");
  EXPECT_EQ(claims(kRedis, "/etc/redis/redis.conf", "port 8080\n# bind 127.0.0.1\n"),
            "redis *:8080 4 6");
  EXPECT_EQ(claims(kRedis, "/etc/redis/redis.conf", "port 0\n"), "");
  EXPECT_EQ(claims("/usr/bin/redis-server /etc/redis/b.conf", "/etc/redis/b.conf",
                   "port 8081\nbind 10.0.0.5\n"),
            "redis 10.0.0.5:8081 4");
  EXPECT_EQ(claims("/usr/share/memcached/memcached", "/etc/memcached.conf",
                   "-l 10.0.0.5\n-l ::1\n-p 8080\n"),
            "memcached 10.0.0.5:8080 4, memcached ::1:8080 6");
  EXPECT_EQ(claims("/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg", "/etc/haproxy/haproxy.cfg",
                   "frontend a\n  bind *:80\n  bind 10.0.0.5:443 ssl\n  bindx :81\n"),
            "haproxy *:80 4 6, haproxy 10.0.0.5:443 4");
}

TEST(Claims, AgentsListenToo) {
  EXPECT_EQ(
      claims("/usr/bin/telegraf -config /etc/telegraf/telegraf.conf", "/etc/telegraf/telegraf.conf",
             "[[outputs.prometheus_client]]\n  listen = \":8080\"\n"),
      "telegraf *:8080 4 6");
  EXPECT_EQ(claims("/usr/bin/monit -I", "/etc/monit/monitrc",
                   "set httpd port 2812 and\n    use address 127.0.0.1\n"),
            "monit 127.0.0.1:2812 4");
  EXPECT_EQ(claims("/opt/datadog-agent/embedded/bin/trace-agent", "/etc/datadog-agent/datadog.yaml",
                   "apm_config:\n  receiver_port: 8126\n"),
            "datadog 127.0.0.1:8126 4");
  EXPECT_EQ(claims("/usr/sbin/netdata -D", "/etc/netdata/netdata.conf",
                   "[web]\n\tdefault port = 8081\n\tbind to = *\n"),
            "netdata *:8081 4 6");
  EXPECT_EQ(claims("/usr/bin/prometheus-node-exporter --web.listen-address=127.0.0.1:9100"),
            "exporter 127.0.0.1:9100 4");
  EXPECT_EQ(claims("/usr/bin/node_exporter $ARGS\nEnvironmentFile=/etc/default/node",
                   "/etc/default/node", "ARGS=\"--x --web.listen-address=:8080\"\n"),
            "exporter *:8080 4 6");
  EXPECT_EQ(claims("/usr/bin/java -jar app.jar --server.port=8080"), "java *:8080 4 6");
}

// "purpose as_written scheme port" of the dials of one unit.
std::string dials(const std::string& command, std::string_view config, std::string_view content) {
  MemorySurvey memory;
  memory.file("/etc/systemd/system/x.service 0644 root:root",
              "[Service]\nExecStart=" + command + "\n[Install]\nWantedBy=multi-user.target\n");
  memory.file(
      "/etc/systemd/system/multi-user.target.wants/x.service -> /etc/systemd/system/x.service");
  memory.file(std::string(config) + " 0644 root:root", content);
  memory.facts.add(facts::Service{});
  auto survey = memory.open();
  read_other_claims(survey);
  std::string out;
  for (const auto& row : memory.facts.rows<facts::Dial>())
    out += (out.empty() ? "" : ", ") + row.purpose + " " + row.as_written + " " + row.scheme +
           (row.socket.empty() ? " " + std::to_string(row.port.value_or(0)) : " " + row.socket) +
           (row.local ? " local" : "") + (row.required ? "" : " spare");
  return out;
}

TEST(Claims, BackendsAreDials) {
  EXPECT_EQ(dials("/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg", "/etc/haproxy/haproxy.cfg",
                  "defaults\n mode http\nbackend a\n server x 127.0.0.1:8088 check # y\n"
                  " server y 192.0.2.1:80 backup\n server z unix@/run/z.sock\n"
                  "listen b\n mode tcp\n server q localhost:3306\nfrontend c\n bind :80\n"),
            "server 127.0.0.1:8088 http 8088 local, server 192.0.2.1:80 http 80 spare, "
            "server unix@/run/z.sock http /run/z.sock local, server localhost:3306 tcp 3306 local");
  EXPECT_EQ(dials("/usr/sbin/varnishd -a :80 -f /etc/varnish/d.vcl", "/etc/varnish/d.vcl",
                  "vcl 4.1;\n# backend old { .host = \"x\"; }\nbackend default {\n"
                  "  .host = \"127.0.0.1\"; /* .port = \"1\"; */\n  .port = \"8080\";\n}\n"
                  "backend b { .host = \"::1\"; }\n"),
            "backend 127.0.0.1:8080 http 8080 local, backend [::1]:80 http 80 local");
  EXPECT_EQ(dials("/usr/sbin/varnishd -a :80 -b localhost:8080", "/x", ""),
            "backend localhost:8080 http 8080 local");
}

TEST(Claims, ListsRangesAndPlacesOfAdministrators) {
  const std::string haproxy = "/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg";
  EXPECT_EQ(claims(haproxy, "/etc/haproxy/haproxy.cfg", "frontend a\n bind :80,:443 v4v6\n"),
            "haproxy *:80 4 6, haproxy *:443 4 6");
  EXPECT_EQ(claims(haproxy, "/etc/haproxy/haproxy.cfg", "frontend a\n bind 127.0.0.1:8080-8082\n"),
            "haproxy 127.0.0.1:8080 4, haproxy 127.0.0.1:8081 4, haproxy 127.0.0.1:8082 4");
  EXPECT_EQ(claims("/usr/sbin/varnishd -a http=:6081,HTTP -T localhost:6082"),
            "varnish *:6081 4 6, varnish 127.0.0.1:6082 4");
  EXPECT_EQ(claims("/usr/sbin/varnishd -a :80 -T none"), "varnish *:80 4 6");
  EXPECT_EQ(claims("/usr/sbin/sshd -D", "/etc/ssh/sshd_config.d/a.conf", "Port 443\n"),
            "sshd *:443 4 6");
  EXPECT_EQ(claims("/usr/bin/caddy run", "/etc/caddy/Caddyfile",
                   "{\n admin off\n}\n(snippet) {\n}\n:8080, localhost:8081 {\n"
                   " handle /a {\n }\n}\nhttp://a.example {\n}\nb.example {\n}\n{$X}:1 {\n}\n"),
            "caddy *:8080 4 6, caddy *:8081 4 6, caddy *:80 4 6, caddy *:80 4 6, caddy *:443 4 6");
  EXPECT_EQ(claims("/usr/local/bin/gitea web", "/etc/gitea/app.ini",
                   "[server]\nHTTP_ADDR = 127.0.0.1\nHTTP_PORT = 8081\n"),
            "gitea 127.0.0.1:8081 4");
}

TEST(Claims, OfMorePrograms) {
  EXPECT_EQ(claims("/usr/bin/stunnel4 /etc/stunnel/web.conf", "/etc/stunnel/web.conf",
                   "pid = /run/x\n[https]\naccept  = 443\nconnect = 127.0.0.1:80\n"),
            "stunnel *:443 4 6");
  EXPECT_EQ(claims("/usr/sbin/openvpn --config server.conf\nWorkingDirectory=/etc/openvpn",
                   "/etc/openvpn/server.conf", "port 443\nproto tcp\n"),
            "openvpn *:443 4 6");
  EXPECT_EQ(claims("/usr/sbin/openvpn --config server.conf\nWorkingDirectory=/etc/openvpn",
                   "/etc/openvpn/server.conf", "port 443\nproto udp\n"),
            "");
  EXPECT_EQ(claims("/usr/bin/uwsgi --ini /etc/uwsgi/a.ini", "/etc/uwsgi/a.ini",
                   "[uwsgi]\nhttp-socket = 127.0.0.1:8081\nsocket = /run/a.sock\n"),
            "uwsgi 127.0.0.1:8081 4");
  EXPECT_EQ(claims("/usr/bin/jenkins\nEnvironment=\"JENKINS_PORT=8080\"\n"
                   "Environment=JENKINS_PORT=8095"),
            "jenkins *:8095 4 6");
  EXPECT_EQ(claims("/usr/bin/other", "/etc/containers/systemd/a.container",
                   "[Container]\nPublishPort=80:8080\nPublishPort=127.0.0.1:9000:9000\n"
                   "PublishPort=53:53/udp\n[Install]\nWantedBy=multi-user.target\n"),
            "podman *:80 4 6, podman 127.0.0.1:9000 4");
  EXPECT_EQ(claims("/usr/bin/other", "/etc/containers/systemd/a.container",
                   "[Container]\nPublishPort=80:8080\n"),
            "");
}

TEST(Claims, ConnectorsOfTomcat) {
  EXPECT_EQ(claims("/bin/sh /usr/libexec/tomcat10/tomcat-start.sh\n"
                   "Environment=CATALINA_HOME=/usr/share/t CATALINA_BASE=/srv/t",
                   "/srv/t/conf/server.xml",
                   "<Server port=\"8005\"><!-- <Connector port=\"1\"/> -->\n"
                   "<Connector redirectPort='8443' port = '8080'\n address=\"127.0.0.1\"/>"
                   "<Connector port=\"${p}\"/><Connector\tport=\"9090\"/>"),
            "tomcat 127.0.0.1:8080 4, tomcat *:9090 4 6");
  EXPECT_EQ(claims("/opt/t/bin/catalina.sh run", "/opt/t/conf/server.xml",
                   "<Connector port=\"80\"/> <!-- <Connector port=\"81\"/>"),
            "tomcat *:80 4 6");
  EXPECT_EQ(claims("/opt/t/bin/startup.sh", "/opt/t/conf/server.xml", "<Connector port='80'/>"),
            "tomcat *:80 4 6");
  EXPECT_EQ(claims("/opt/other/bin/startup.sh"), "");
  for (const std::string broken : {"<Connector", "<Connector port", "<Connector port=", "<",
                                   "<Connector port=\"80", "<!--", "<Connector port=80>"})
    EXPECT_EQ(claims("/opt/t/bin/catalina.sh run", "/opt/t/conf/server.xml", broken), "") << broken;
}

}  // namespace
}  // namespace stackaudit::stack

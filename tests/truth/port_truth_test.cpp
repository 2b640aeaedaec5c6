// Asks the kernel which ports an account without capabilities may bind once
// net.ipv4.ip_unprivileged_port_start is set, and compares the rule port-privileged; and which
// addresses nginx binds beside each other, with the rule nginx-listen-duplicate.
#include "support/audit.hpp"
#include "support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace stackaudit {
namespace {

bool kernel_refuses(int start, int port) {
  const auto said = test::run_isolated(
      {"sh", "-c",
       "echo " + std::to_string(start) +
           " > /proc/sys/net/ipv4/ip_unprivileged_port_start && exec setpriv --reuid 33 --regid 33 "
           "--clear-groups --bounding-set -all php -r 'if (!@stream_socket_server(\"tcp://"
           "127.0.0.1:" +
           std::to_string(port) + "\", $n, $why)) { fwrite(STDERR, $why); exit(1); }'"});
  EXPECT_TRUE(said.status == 0 || said.err.find("Permission denied") != std::string::npos)
      << said.both();
  return said.status != 0;
}

bool we_refuse(int start, int port) {
  const test::TempDir root;
  root.write("etc/passwd", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/usr/sbin/nologin\n");
  root.write("etc/group", "root:x:0:\nwww-data:x:33:\n");
  root.write("etc/sysctl.d/10-ports.conf",
             "net.ipv4.ip_unprivileged_port_start = " + std::to_string(start) + "\n");
  root.write("etc/systemd/system/nginx.service",
             "[Service]\nUser=www-data\nExecStart=/usr/sbin/nginx\n");
  root.write("usr/sbin/nginx", "");
  root.write("etc/nginx/nginx.conf",
             "events {}\nhttp { server { listen 127.0.0.1:" + std::to_string(port) + "; } }\n");
  const auto said =
      test::run({STACKAUDIT_BINARY, "--root", root.path().string(), "--format", "json", "/etc"});
  return said.out.find("\"port-privileged\"") != std::string::npos;
}

TEST(PortTruth, UnprivilegedPortStart) {
  if (!test::installed("setpriv") || !test::installed("unshare"))
    GTEST_SKIP() << "util-linux is not installed";
  for (const int start : {80, 443, 1024})
    for (const int port : {79, 80, 443, 1023, 1024})
      EXPECT_EQ(we_refuse(start, port), kernel_refuses(start, port)) << start << " " << port;
}

TEST(PortTruth, SocketsOfNginxBesideEachOther) {
  if (!test::installed("nginx") || !test::installed("unshare"))
    GTEST_SKIP() << "nginx is not installed";
  for (const std::string listens :
       {"listen 8099; listen 127.0.0.1:8099;", "listen 8099; listen 127.0.0.1:8099 backlog=64;",
        "listen 8099 backlog=64; listen 127.0.0.1:8099;",
        "listen 8099 reuseport; listen 127.0.0.1:8099 reuseport;",
        "listen 8099; listen 127.0.0.1:8099 reuseport;", "listen [::]:8099; listen 8099;",
        "listen [::]:8099; listen [::1]:8099 ipv6only=on;",
        "listen [::]:8099 ipv6only=off; listen 8099;",
        "listen [::]:8099 ipv6only=off; listen 127.0.0.1:8099;",
        "listen 127.0.0.1:8099; listen [::]:8099 ipv6only=off;",
        "listen [::]:8099 ipv6only=off reuseport; listen 127.0.0.1:8099 reuseport;",
        "listen [::]:8099 ipv6only=off reuseport; listen 8099 reuseport;",
        "listen [::]:8099 ipv6only=off; listen [::1]:8099;",
        "listen [::1]:8099 ipv6only=off; listen 127.0.0.1:8099;",
        "listen 127.0.0.1:8099 bind; listen 127.0.0.2:8099 bind;"}) {
    const test::TempDir directory;
    const auto conf = directory.write(
        "nginx.conf", test::placed("pid @/pid;\nerror_log @/log;\nevents { }\nhttp { access_log "
                                   "off; server { " +
                                       listens + " } }\n",
                                   directory.path().string()));
    const auto said = test::run_isolated(
        {"sh", "-c",
         test::placed("nginx -c @/nginx.conf && kill $(cat @/pid)", directory.path().string())});
    const auto told = test::audit(conf, "nginx");
    EXPECT_EQ(std::ranges::any_of(
                  told, [](const auto& one) { return one.rule == "nginx-listen-duplicate"; }),
              said.status != 0)
        << listens << "\n"
        << said.both();
  }
}

}  // namespace
}  // namespace stackaudit

// Files of /etc/systemd/system that nothing reads, units that wait for each other.
#include "stack/systemd/calendar.hpp"
#include "stack/systemd/systemd.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

const std::string kNginx = "[Service]\nType=forking\nExecStart=/usr/sbin/nginx\n";
const std::string kFpm = "[Service]\nType=notify\nExecStart=/usr/sbin/php-fpm8.2\n";

struct Machine : MemorySurvey {
  Machine() {
    file("/usr/sbin/nginx 0755 root:root");
    file("/usr/sbin/php-fpm8.2 0755 root:root");
    file("/usr/lib/systemd/system/nginx.service 0644 root:root", kNginx);
    file("/usr/lib/systemd/system/php8.2-fpm.service 0644 root:root", kFpm);
    for (const std::string unit : {"nginx.service", "php8.2-fpm.service"})
      file("/etc/systemd/system/multi-user.target.wants/" + unit + " -> /usr/lib/systemd/system/" +
           unit);
  }
};

std::string said(MemorySurvey& memory) {
  auto survey = memory.open();
  (void)read_systemd(survey);
  return dump_problems(memory.facts);
}

TEST(SystemdOwnFiles, DropInsThatNothingReads) {
  Machine memory;
  const std::string text = "[Service]\nLimitNOFILE=4096\n";
  for (const std::string name :
       {"php-fpm.service.d/limits.conf", "nginx.service.d/override", "nginx.service.d/good.conf",
        "nginx.service.d/old.conf.bak", "ngnix.service.d/a.conf", "user@.service.d/b.conf",
        "service.d/c.conf", "web-.service.d/d.conf", "other-thing.service.d/e.conf"})
    memory.file("/etc/systemd/system/" + name + " 0644 root:root", text);
  memory.file("/etc/systemd/system/nginx.service.d/README 0644 root:root", "ends in .conf");
  EXPECT_EQ(said(memory),
            "/etc/systemd/system/nginx.service.d/override warning systemd does not read override: "
            "the name of a drop-in ends in .conf\n"
            "/etc/systemd/system/ngnix.service.d/a.conf warning there is no ngnix.service: systemd "
            "reads no drop-in of /etc/systemd/system/ngnix.service.d\n"
            "/etc/systemd/system/php-fpm.service.d/limits.conf warning there is no "
            "php-fpm.service: systemd reads no drop-in of /etc/systemd/system/php-fpm.service.d\n");
}

TEST(SystemdOwnFiles, Timers) {
  Machine memory;
  memory.file("/etc/systemd/system/web-check.timer 0644 root:root",
              "[Timer]\nOnCalendar=*/5 * * * *\nUnit=nginx.service\n[Install]\n"
              "WantedBy=timers.target\n");
  memory.file("/etc/systemd/system/clean.timer 0644 root:root", "[Timer]\nOnCalendar=daily\n");
  memory.file("/etc/systemd/system/a.timer 0644 root:root",
              "[Timer]\nOnBootSec=5\nUnit=nginx.service\n");
  EXPECT_EQ(said(memory),
            "/etc/systemd/system/clean.timer warning clean.timer triggers nothing: there is no "
            "clean.service\n"
            "/etc/systemd/system/web-check.timer:2 warning Failed to parse calendar specification, "
            "ignoring: */5 * * * *\n"
            "/etc/systemd/system/web-check.timer warning web-check.timer is not enabled: nothing "
            "starts what it would watch\n");
}

TEST(SystemdOrder, RingsOfEnabledUnits) {
  Machine memory;
  memory.file("/etc/systemd/system/nginx.service.d/a.conf 0644 root:root",
              "[Unit]\nAfter=php8.2-fpm.service network.target\n");
  EXPECT_EQ(said(memory), "");
  Machine ring;
  ring.file("/etc/systemd/system/nginx.service.d/a.conf 0644 root:root",
            "[Unit]\nAfter=php8.2-fpm.service\nBefore=php8.2-fpm.service\n");
  EXPECT_EQ(said(ring),
            "/etc/systemd/system/nginx.service.d/a.conf:2 error Found ordering cycle: "
            "nginx.service waits for php8.2-fpm.service, which waits for it: the boot leaves one "
            "of them out\n");
}

TEST(SystemdWords, DashesAndExports) {
  Machine memory;
  memory.file("/etc/default/web 0644 root:root", "export A=1\n# export B=2\nC=3\nexport\n");
  memory.file("/etc/systemd/system/nginx.service.d/a.conf 0644 root:root",
              "[Service]\nEnvironmentFile=/etc/default/web\nExecStart=\n"
              "ExecStart=/usr/sbin/nginx \u2013g 'pid /run/x.pid;' -c /etc/nginx/a\u2013b.conf\n");
  EXPECT_EQ(said(memory),
            "/etc/systemd/system/nginx.service.d/a.conf:4 error \u2013g does not begin with a "
            "hyphen: nginx.service takes it for no option\n"
            "/etc/default/web:1 warning Ignoring invalid environment assignment 'export A=1'\n");
}

TEST(SystemdWatchdog, OnlyServersThatNeverAnswer) {
  Machine memory;
  for (const std::string unit : {"nginx", "php8.2-fpm"})
    memory.file("/etc/systemd/system/" + unit + ".service.d/w.conf 0644 root:root",
                "[Service]\nWatchdogSec=30\n");
  EXPECT_EQ(said(memory),
            "/etc/systemd/system/nginx.service.d/w.conf:2 error nginx.service never tells systemd "
            "that it is alive: it is killed each time WatchdogSec=30 has passed "
            "(Result=watchdog)\n");
}

TEST(SystemdCalendar, AnyTextHasAnAnswer) {
  for (const auto* time :
       {"daily", "Mon..Fri *-*-1..7 02:30 Europe/Berlin", "*:0/15", "Sat,Sun 2026-*~03/2 3:15:20.5",
        "@1700000000", "%i", "01:30", "*-*-* *:*:00/30"})
    EXPECT_TRUE(is_calendar(time)) << time;
  for (const auto* time : {"", " ", "24:30", "*-*-* 24:30:00", "Mon..", "Sun..Mon 1:00", "*", "*:",
                           "-", "..", "1/", "1..", "0 3 * * *", "*:0/60", "3:00 PM", "~", ",", "@"})
    EXPECT_FALSE(is_calendar(time)) << time;
  std::string list = "0";
  for (int i = 0; i < 100'000; ++i) list += ",0";
  EXPECT_FALSE(is_calendar(list + ":00"));
  EXPECT_FALSE(is_calendar(std::string(100'000, '9') + ":00"));
}

}  // namespace
}  // namespace stackaudit::stack

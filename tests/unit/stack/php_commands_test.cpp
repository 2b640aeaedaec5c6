// Command lines that hand a script to PHP, and where crontabs, units and supervisord have them.
#include "memory_survey.hpp"
#include "stack/php/command_lines.hpp"
#include "stack/php/script_runs.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack::php {
namespace {

// "program script in directory as user", one command a line.
std::string commands(const std::string& text, Starter starter = {"/srv", "app"}) {
  tree::MemoryTree tree;
  tree.add("/srv/bin/console 0755 root:root", "#!/usr/bin/env php\n<?php\n");
  tree.add("/srv/bin/tool 0755 root:root", "#!/bin/sh\n");
  std::string out;
  for (const auto& each : php_commands(tree, text, std::move(starter))) {
    EXPECT_LE(each.begin, each.end);
    out += each.program + " " + each.script + " in " + each.starter.directory + " as " +
           each.starter.user + (each.asked ? " asked" : "") + "\n";
  }
  return out;
}

TEST(PhpCommands, OptionsStandBeforeTheScript) {
  EXPECT_EQ(commands("php x.php --all"), "php /srv/x.php in /srv as app\n");
  EXPECT_EQ(commands("/usr/bin/php8.1 -d a=b -c /etc/x -q -f ../x.php"),
            "php8.1 /x.php in /srv as app\n");
  EXPECT_EQ(commands("php -r 'echo 1;' x.php; php -S :80 x.php; php -l x.php; php --ini x.php"),
            "php /srv/x.php in /srv as app\n");
}

TEST(PhpCommands, WhatRunsACommandIsLookedBehind) {
  EXPECT_EQ(commands("sudo -u www-data /usr/bin/php /a/x.php"),
            "php /a/x.php in /srv as www-data\n");
  EXPECT_EQ(commands("nice -n 10 flock -n /run/x.lock php x.php >> /var/log/x 2>&1"),
            "php /srv/x.php in /srv as app\n");
  EXPECT_EQ(commands("su -s /bin/sh www-data -c 'cd /a && php \"x.php\"'"),
            "php /a/x.php in /a as www-data\n");
  EXPECT_EQ(commands("A=1 B=/x php x.php"), "php /srv/x.php in /srv as app\n");
  EXPECT_EQ(commands("bin/console run; /srv/bin/tool php"),
            "php /srv/bin/console in /srv as app\n");
}

TEST(PhpCommands, DirectoriesChange) {
  EXPECT_EQ(commands("cd sub && php x.php; cd /b || exit 1; php y.php"),
            "php /srv/sub/x.php in /srv/sub as app\nphp /b/y.php in /b as app\n");
  EXPECT_EQ(commands("cd $X; php x.php; php /y.php"), "php /y.php in  as app\n");
  EXPECT_EQ(commands("php x.php", {}), "");
}

TEST(PhpCommands, WhatIsNotKnownOrNoCommandIsLeftOut) {
  EXPECT_EQ(commands("php $X/x.php; php {a,b}.php; echo php /x.php; # php /x.php"), "");
  EXPECT_EQ(commands("php"), "");
  EXPECT_EQ(commands("php '"), "");
  EXPECT_EQ(commands("[ -f x.php ] && php x.php\nphp y.php"),
            "php /srv/x.php in /srv as app asked\nphp /srv/y.php in /srv as app\n");
}

std::string runs(MemorySurvey& memory) {
  auto survey = memory.open();
  std::string out;
  for (const auto& run : script_runs(survey))
    out += where(run.place) + " " + run.by + " " + run.script +
           (run.canonical.empty() ? " gone" : "") + " in " + run.directory + " as " + run.user +
           "\n";
  return out;
}

TEST(ScriptRuns, EveryStarterHasItsDirectory) {
  MemorySurvey memory;
  memory.file("/etc/passwd 0644 root:root", "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/w:/bin/sh\n")
      .file("/etc/group 0644 root:root", "root:x:0:\n")
      .file("/w/x.php 0644 root:root", "<?php")
      .file("/etc/cron.d/a 0644 root:root", "SHELL=/bin/sh\n*/5 * * * * www php x.php\n")
      .file("/etc/cron.d/a.bak 0644 root:root", "*/5 * * * * www php x.php\n")
      .file("/etc/crontab 0644 root:root", "HOME=/h\n@daily root php y.php%input\n")
      .file("/var/spool/cron/crontabs/www 0600 root:root", "1 2 3 4 5 php z.php\n")
      .file("/etc/cron.daily/job 0755 root:root", "#!/bin/sh\n\ncd /w\nphp x.php\n")
      .file("/etc/cron.daily/off 0644 root:root", "#!/bin/sh\nphp x.php\n")
      .file("/etc/systemd/system/q.service 0644 root:root",
            "[Service]\nExecStart=-/usr/bin/php q.php\nUser=www\n")
      .file("/etc/supervisor/conf.d/s.conf 0644 root:root",
            "[program:a]\ncommand = php a.php\ndirectory = /w\n[program:b]\ncommand=php b.php\n");
  EXPECT_EQ(runs(memory),
            "/etc/crontab:2 cron /h/y.php gone in /h as root\n"
            "/etc/cron.d/a:2 cron /w/x.php in /w as www\n"
            "/var/spool/cron/crontabs/www:1 cron /w/z.php gone in /w as www\n"
            "/etc/cron.daily/job:4 cron /w/x.php in /w as root\n"
            "/etc/systemd/system/q.service:2 systemd /q.php gone in / as www\n"
            "/etc/supervisor/conf.d/s.conf:2 supervisord /w/a.php gone in /w as root\n");
}

TEST(ScriptRuns, DropInsOfUnitsCount) {
  MemorySurvey memory;
  memory.file("/etc/passwd 0644 root:root", "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/w:/bin/sh\n")
      .file("/etc/group 0644 root:root", "root:x:0:\n")
      .file("/etc/systemd/system/q.service 0644 root:root",
            "[Service]\nExecStart=/usr/bin/php \\\n  q.php\nWorkingDirectory=/old\n")
      .file("/etc/systemd/system/q.service.d/a.conf 0644 root:root",
            "[Service]\nUser=www\nWorkingDirectory=/new\n")
      .file("/usr/lib/systemd/system/r.service 0644 root:root",
            "[Service]\nExecStart=/usr/bin/php r.php\n")
      .file("/etc/systemd/system/r.service.d/a.conf 0644 root:root",
            "[Service]\nExecStart=\nExecStart=/usr/bin/php s.php\nUser=www\n"
            "WorkingDirectory=~\n")
      .file("/usr/lib/systemd/system/t.service 0644 root:root",
            "[Service]\nExecStart=/usr/bin/php t.php\n");
  EXPECT_EQ(runs(memory),
            "/etc/systemd/system/q.service:3 systemd /new/q.php gone in /new as www\n"
            "/etc/systemd/system/r.service.d/a.conf:3 systemd /w/s.php gone in /w as www\n");
}

TEST(ScriptRuns, CommandsOfAShellScriptFollowOneAnother) {
  MemorySurvey memory;
  memory.file("/etc/passwd 0644 root:root", "root:x:0:0::/root:/bin/sh\n")
      .file("/usr/local/bin/sync 0755 root:root", "#!/bin/sh\ncd /a\nphp x.php\n")
      .file("/etc/cron.d/a 0644 root:root", "@daily root /usr/local/bin/sync; php /y.php\n");
  EXPECT_EQ(runs(memory),
            "/etc/cron.d/a:1 cron /y.php gone in /root as root\n"
            "/usr/local/bin/sync:3 cron /a/x.php gone in /a as root\n");
}

}  // namespace
}  // namespace stackaudit::stack::php

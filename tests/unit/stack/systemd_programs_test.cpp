// What a unit starts, as execve(2) sees it, and settings that cut a server off.
#include "stack/systemd/isolation.hpp"
#include "stack/systemd/systemd.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

class UnitPrograms : public testing::Test {
 protected:
  UnitPrograms() {
    memory_.file("/etc/passwd 0644 root:root", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:\n");
    memory_.file("/etc/group 0644 root:root", "root:x:0:\nwww-data:x:33:\n");
    memory_.file("/usr/sbin/nginx 0755 root:root", "");
    memory_.file("/bin/sh 0755 root:root", "");
    memory_.file("/usr/bin/env 0755 root:root", "");
  }

  // Missing references, refused opens and problems of a unit with these lines.
  std::string found(std::string_view lines) {
    memory_.file("/etc/systemd/system/nginx.service 0644 root:root",
                 "[Service]\nType=forking\nExecStart=/usr/sbin/nginx\n" + std::string(lines));
    auto survey = memory_.open();
    (void)read_systemd(survey);
    std::string text;
    for (const auto& row : memory_.facts.rows<facts::Reference>())
      if (row.state == "missing")
        text += where(row) + " " + row.as_written + ": " + row.effect + "\n";
    for (const auto& row : memory_.facts.rows<facts::Access>())
      if (!row.allowed) text += row.target + " " + row.operation + " refused to " + row.user + "\n";
    return text + dump_problems(memory_.facts);
  }

  MemorySurvey memory_;
};

TEST_F(UnitPrograms, InterpretersFormatsAndModes) {
  memory_.file("/usr/local/sbin/a 0755 root:root", "#!/bin/sh\r\n");
  memory_.file("/usr/local/sbin/b 0755 root:root", "#!/usr/bin/env python3\n");
  memory_.file("/usr/local/sbin/c 0644 root:root", "#!/bin/sh\n");
  memory_.file("/usr/local/sbin/d 0755 root:root", "mkdir /run/x\n");
  memory_.file("/usr/local/sbin/e 0755 root:root", "#!/bin/sh\n");
  memory_.file("/usr/local/sbin/f 0700 root:root", "#!/bin/sh\n");
  EXPECT_EQ(found("User=www-data\nExecStartPre=/usr/local/sbin/a\nExecStartPre=/usr/local/sbin/b\n"
                  "ExecStartPre=-/usr/local/sbin/c\nExecStartPre=/usr/local/sbin/d\n"
                  "ExecStartPre=/usr/local/sbin/e\nExecStartPre=+/usr/local/sbin/f\n"),
            "/usr/local/sbin/a:1 interpreter /bin/sh with a carriage return: "
            "nginx.service does not start (status=203/EXEC)\n"
            "/usr/local/sbin/b:1 interpreter python3: "
            "nginx.service does not start (status=203/EXEC)\n"
            "/usr/local/sbin/c execute refused to www-data\n"
            "/usr/local/sbin/d:1 error the script has no \"#!\" line: Exec format error, "
            "nginx.service does not start (status=203/EXEC)\n");
}

TEST_F(UnitPrograms, VariablesInTheProgramsNameAreNotReplaced) {
  EXPECT_EQ(found("Environment=V=8.2\nExecStartPre=/usr/sbin/php-fpm${V} -t\n"),
            "/etc/systemd/system/nginx.service:5 /usr/sbin/php-fpm${V}: "
            "nginx.service does not start (status=203/EXEC)\n");
}

TEST_F(UnitPrograms, WordsOfAShell) {
  EXPECT_EQ(found("ExecStartPost=/usr/bin/env >> /var/log/x\nExecStop=/bin/sh -c 'a && b'\n"
                  "ExecReload=/usr/sbin/nginx -s reload || /bin/sh\n"),
            "/etc/systemd/system/nginx.service:6 warning systemd starts no shell: "
            "|| is an argument of nginx like any other\n");
}

TEST_F(UnitPrograms, OutputAndCredentials) {
  memory_.file("/var/log 0755 root:root dir");
  EXPECT_EQ(found("StandardOutput=append:/var/log/web/out\nStandardError=file:/var/log/err\n"
                  "LoadCredential=a:/etc/a\nLoadCredential=b\nSetCredential=a:x\n"
                  "LoadCredential=c:/etc/c\n"),
            "/etc/systemd/system/nginx.service:4 /var/log/web: "
            "nginx.service does not start (status=209/STDOUT)\n"
            "/etc/systemd/system/nginx.service:9 /etc/c: "
            "nginx.service does not start (status=243/CREDENTIALS)\n");
}

TEST_F(UnitPrograms, CallsThatAreLeft) {
  EXPECT_EQ(found("SystemCallFilter=@system-service\n"), "");
}

TEST_F(UnitPrograms, CallsThatAreFilteredAway) {
  EXPECT_EQ(found("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged\n"),
            "/etc/systemd/system/nginx.service:5 error SystemCallFilter= leaves nginx.service "
            "without setuid: its workers, which are to change their user, are killed\n");
}

TEST(UnitValues, WordsSpansAndLimits) {
  const auto said = [](std::string_view setting, const std::string& value) {
    const auto complaint = complaint_about(setting, value);
    return complaint ? complaint->message : std::string();
  };
  for (const auto& [setting, value] :
       {std::pair{"Restart", "on-failure"}, std::pair{"TimeoutStartSec", "1min 30s"},
        std::pair{"TimeoutSec", "infinity"}, std::pair{"LimitCORE", "1K:64K"},
        std::pair{"LimitNICE", "-5"}, std::pair{"LimitCPU", "10min"},
        std::pair{"ProtectSystem", "true"}, std::pair{"PrivateTmp", "Off"},
        std::pair{"RestartSec", "5"}, std::pair{"User", "x y"}})
    EXPECT_EQ(said(setting, value), "") << setting << "=" << value;
  EXPECT_EQ(said("Restart", "on-failed"),
            "Failed to parse service restart specifier, ignoring: on-failed");
  EXPECT_EQ(said("TimeoutSec", "30sec."),
            "Failed to parse TimeoutSec= parameter, ignoring: 30sec.");
  EXPECT_EQ(said("LimitNPROC", "abc"), "Failed to parse resource value, ignoring: abc");
}

}  // namespace
}  // namespace stackaudit::stack

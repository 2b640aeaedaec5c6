// What agents are told to follow, and as whom they do it.
#include "stack/monitoring/shippers.hpp"

#include "stack/monitoring/identity.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

class Shippers : public testing::Test {
 protected:
  Shippers() {
    memory_.file("/var/log/nginx/error.log 0640 root:root", "");
    memory_.file("/etc/passwd 0644 root:root",
                 "root:x:0:0::/:/bin/sh\nlogs:x:990:990::/:/bin/sh\n");
    memory_.file("/etc/group 0644 root:root", "root:x:0:\nadm:x:4:\nlogs:x:990:\n");
  }

  // "line state resolved" of the references that are not found, and refused opens.
  std::string found() {
    auto survey = memory_.open();
    read_log_shippers(survey);
    std::string text;
    for (const auto& row : memory_.facts.rows<facts::Reference>())
      if (row.state != "found")
        text += std::to_string(row.line.value_or(0)) + " " + row.state + " " + row.resolved + "\n";
    for (const auto& row : memory_.facts.rows<facts::Access>())
      if (!row.allowed) text += row.user + " refused " + row.target + "\n";
    return text;
  }

  MemorySurvey memory_;
};

TEST_F(Shippers, DirectoriesThatAreNotThere) {
  memory_.file("/etc/promtail/config.yml 0644 root:root",
               "scrape_configs:\n- job_name: a\n  static_configs:\n  - labels:\n"
               "      __path__: /var/log/ngnix/*.log\n      # __path__: /var/log/old/x.log\n");
  EXPECT_EQ(found(), "5 missing /var/log/ngnix\n");
}

TEST_F(Shippers, TargetsOfAlloy) {
  memory_.file("/etc/alloy/config.alloy 0644 root:root",
               "local.file_match \"web\" {\n  path_targets = [\n"
               "    {\"__path__\" = \"/var/log/httpd/access_log\", \"job\" = \"a\"},\n"
               "    // {\"__path__\" = \"/var/log/apache/x.log\"},\n"
               "    {\"__path__\" = \"/var/log/nginx/error.log\"},\n  ]\n}\n");
  EXPECT_EQ(found(), "3 missing /var/log/httpd\n");
}

TEST_F(Shippers, AnInputThatIsOff) {
  memory_.file("/etc/filebeat/filebeat.yml 0644 root:root",
               "filebeat.inputs:\n- type: log\n  enabled: false\n  paths: [/var/log/old/*.log]\n"
               "- type: log\n  paths:\n    - /var/log/apache/*.log\n    - /var/log/nginx/*.log\n");
  EXPECT_EQ(found(), "7 missing /var/log/apache\n");
}

TEST_F(Shippers, AsWhomTheUnitStartsThem) {
  memory_.file("/etc/fluent-bit/fluent-bit.conf 0644 root:root",
               "[INPUT]\n    Name tail\n    Path /var/log/nginx/error.log\n");
  EXPECT_EQ(found(), "");
  memory_.file("/usr/lib/systemd/system/fluent-bit.service 0644 root:root",
               "[Service]\nUser=logs\nExecStart=/opt/fluent-bit\n");
  memory_.facts.rows<facts::Reference>().clear();
  EXPECT_EQ(found(), "logs refused /var/log/nginx/error.log\n");
}

}  // namespace
}  // namespace stackaudit::stack

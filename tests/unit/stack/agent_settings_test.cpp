// Main files of monitoring agents: what they take in, what they give twice, whom they run as.
#include "stack/monitoring/agents.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

std::string said(MemorySurvey& memory) {
  auto survey = memory.open();
  read_agent_settings(survey);
  return dump_problems(memory.facts) + dump_references(memory.facts);
}

TEST(AgentSettings, FilesThatAreNotThere) {
  MemorySurvey memory;
  memory.file("/etc/nagios/nrpe.cfg 0644 root:root",
              "include_dir=/etc/nagios/nrpe.conf.d/\n#include=/x\ninclude=nrpe_local.cfg\n");
  memory.file("/etc/nagios/nrpe_local.cfg 0644 root:root", "");
  memory.file("/etc/zabbix/zabbix_agentd.conf 0644 root:root",
              "Include=/etc/zabbix/none.d/*.conf\n");
  EXPECT_EQ(said(memory),
            "/etc/nagios/nrpe.cfg:1 warning /etc/nagios/nrpe.conf.d does not exist: nrpe reads no "
            "further checks from there\n"
            "/etc/zabbix/zabbix_agentd.conf:1 warning /etc/zabbix/none.d does not exist: zabbix "
            "reads no further checks from there\n");
}

TEST(AgentSettings, PatternsArePlacesForWhatMayCome) {
  MemorySurvey memory;
  memory.file("/etc/monit/monitrc 0600 root:root",
              "include /etc/monit/conf.d/*\ninclude /etc/monit/conf-enabled/*\n");
  memory.file("/etc/monit/conf-enabled/web 0644 root:root",
              "check process nginx with pidfile /x\n");
  memory.file("/etc/prometheus/prometheus.yml 0644 root:root",
              "rule_files:\n  - \"rules/*.yml\"\nscrape_configs:\n  - job_name: x\n");
  EXPECT_EQ(said(memory), "");
  MemorySurvey other;
  other.file("/etc/monit/monitrc 0600 root:root", "include /etc/monit.d/*\n");
  other.file("/etc/monit/conf.d/web 0644 root:root", "check process nginx with pidfile /x\n");
  EXPECT_EQ(said(other),
            "/etc/monit/monitrc:1 warning /etc/monit.d does not exist: monit reads no further "
            "checks from there\n");
}

TEST(AgentSettings, NamesGivenTwice) {
  MemorySurvey memory;
  memory.file("/etc/zabbix/zabbix_agentd.d/a.conf 0644 root:root",
              "UserParameter=a,/bin/a\nUserParameter=b[*],/bin/b\n");
  memory.file("/etc/zabbix/zabbix_agentd.d/b.conf 0644 root:root", "UserParameter=a,/bin/c\n");
  memory.file("/etc/monit/conf.d/web 0644 root:root",
              "check process nginx with pidfile /x\ncheck process apache with pidfile /y\n");
  EXPECT_EQ(said(memory),
            "/etc/zabbix/zabbix_agentd.d/b.conf:1 warning zabbix_agentd does not start: the user "
            "parameter is already used: a (line 1 of /etc/zabbix/zabbix_agentd.d/a.conf)\n");
}

TEST(AgentSettings, AccountOfNrpe) {
  MemorySurvey memory;
  memory.file("/etc/passwd 0644 root:root", "root:x:0:0::/:/bin/sh\nnagios:x:5:5::/:\n");
  memory.file("/etc/group 0644 root:root", "root:x:0:\nnagios:x:5:\n");
  memory.file("/etc/nagios/nrpe.cfg 0644 root:root", "nrpe_user=nrpe\nnrpe_group=nagios\n");
  EXPECT_EQ(said(memory), "/etc/nagios/nrpe.cfg:1 job-account nrpe missing\n");
}

}  // namespace
}  // namespace stackaudit::stack

// What agents are told beyond addresses: switches, names, programs, files.
#include "stack/monitoring/commands.hpp"
#include "stack/monitoring/monit.hpp"
#include "stack/monitoring/objects.hpp"
#include "stack/monitoring/prometheus.hpp"
#include "stack/monitoring/small_agents.hpp"
#include "stack/monitoring/telegraf.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

// A machine with nginx, its unit and its logs.
struct Machine : MemorySurvey {
  Machine() {
    file("/usr/sbin/nginx 0755 root:root");
    file("/usr/lib/systemd/system/nginx.service 0644 root:root");
    file("/var/log/nginx 0755 root:root dir");
    file("/usr/local/bin 0755 root:root dir");
    facts::Service service;
    service.kind = "nginx";
    facts.add(service);
    facts::Unit unit;
    unit.name = "nginx.service";
    unit.service = "nginx";
    facts.add(unit);
    facts::Access log;
    log.service = "nginx";
    log.purpose = "log";
    log.target = "/var/log/nginx/error.log";
    facts.add(log);
    log.purpose = "pid";
    log.target = "/run/nginx.pid";
    facts.add(log);
  }
};

std::string said(MemorySurvey& memory, void (*read)(Survey&)) {
  auto survey = memory.open();
  read(survey);
  return dump_problems(memory.facts) + dump_references(memory.facts);
}

TEST(NagiosObjects, SwitchesAndMissingFiles) {
  Machine memory;
  memory.file("/etc/nagios4/nagios.cfg 0644 root:root",
              "cfg_file=/etc/nagios4/web.cfg\nenable_notifications=0\n");
  EXPECT_EQ(said(memory, read_nagios_objects),
            "/etc/nagios4/nagios.cfg:1 warning nagios does not start: /etc/nagios4/web.cfg does "
            "not exist\n"
            "/etc/nagios4/nagios.cfg:2 warning nobody is told of anything: "
            "enable_notifications=0\n");
  Machine other;
  other.file("/etc/nagios4/nagios.cfg 0644 root:root", "cfg_dir=conf.d\n");
  other.file("/etc/nagios4/conf.d/a/web.cfg 0644 root:root",
             "define host {\n host_name web1\n}\ndefine service{\n host_name web1\n"
             " notifications_enabled 0\n}\n"
             "define service{\n name t\n register 0\n active_checks_enabled 0\n}\n");
  EXPECT_EQ(said(other, read_nagios_objects),
            "/etc/nagios4/conf.d/a/web.cfg:6 warning nobody is told when it fails: "
            "notifications_enabled 0\n");
}

TEST(NagiosObjects, TemplatesGiveWhatTheObjectDoesNotSay) {
  Machine memory;
  memory.file("/etc/nagios4/nagios.cfg 0644 root:root", "cfg_file=web.cfg\n");
  memory.file("/etc/nagios4/web.cfg 0644 root:root",
              "define command {\n command_name c\n command_line check_http -H $HOSTADDRESS$ -p "
              "$ARG1$\n}\n"
              "define host {\n name base\n address 127.0.0.1\n register 0\n}\n"
              "define host {\n use none,base\n host_name web1\n}\n"
              "define host {\n use base\n host_name web2\n address 192.0.2.1\n}\n"
              "define service {\n name base\n check_command c!8000\n contacts ops\n"
              " notifications_enabled 0\n register 0\n}\n"
              "define service {\n name loop\n use loop,base\n register 0\n}\n"
              "define service {\n use loop\n host_name web1,web2\n service_description a\n}\n"
              "define service {\n use base\n host_name web1\n contacts null\n"
              " check_command d\n}\n");
  EXPECT_EQ(said(memory, read_nagios_objects),
            "/etc/nagios4/web.cfg:11 warning nagios does not start: no template host none is "
            "defined, which host 'web1' names\n"
            "/etc/nagios4/web.cfg:22 warning nagios does not start: no contact ops is defined, "
            "which service 'a' of host 'web1,web2' names\n"
            "/etc/nagios4/web.cfg:23 warning nobody is told when it fails: notifications_enabled "
            "0\n"
            "/etc/nagios4/web.cfg:40 warning nagios does not start: no command d is defined ~c\n");
  ASSERT_EQ(memory.facts.rows<facts::Dial>().size(), 1U);
  EXPECT_EQ(memory.facts.rows<facts::Dial>()[0].port, 8000);
  EXPECT_EQ(memory.facts.rows<facts::Dial>()[0].line, 21);
}

TEST(Prometheus, TargetsRulesAndSecrets) {
  Machine memory;
  memory.file("/etc/prometheus/prometheus.yml 0644 root:root",
              "rule_files: [rules/*.yml]\n"
              "scrape_configs:\n"
              "  - job_name: a\n"
              "    file_sd_configs:\n"
              "      - files: [none/*.json]\n"
              "    basic_auth:\n"
              "      password_file: a.pass\n"
              "  - job_name: b\n"
              "    file_sd_configs:\n"
              "      - files: [t/*.json]\n");
  memory.file("/etc/prometheus/t/x.json 0644 root:root", "[{\"targets\": [\"127.0.0.1:9114\"]}]\n");
  memory.file("/etc/prometheus/rules/a.yaml 0644 root:root", "groups: []\n");
  memory.file("/etc/prometheus/rules/b.yml 0644 root:root",
              "groups:\n- name: x\n  rules:\n  - alert: A\n    expr: up{job=\"a\"} == 0\n");
  EXPECT_EQ(said(memory, read_prometheus),
            "/etc/prometheus/prometheus.yml:5 warning no file is called "
            "/etc/prometheus/none/*.json: the job has no target\n"
            "/etc/prometheus/rules/a.yaml warning no rule_files: takes "
            "/etc/prometheus/rules/a.yaml: its rules are not read\n"
            "/etc/prometheus/prometheus.yml:1 warning alerts are defined, and there is no "
            "alerting: nobody is told of them\n"
            "/etc/prometheus/prometheus.yml:7 agent-file a.pass missing optional\n");
  ASSERT_EQ(memory.facts.rows<facts::Dial>().size(), 1U);
  EXPECT_EQ(memory.facts.rows<facts::Dial>()[0].port, 9114);
}

TEST(Alertmanager, TheLastReceiverTellsSomebody) {
  Machine memory;
  memory.file("/etc/prometheus/alertmanager.yml 0644 root:root",
              "route:\n  receiver: default\n  routes:\n    - receiver: \"null\"\n"
              "receivers:\n  - name: default\n  - name: \"null\"\n");
  EXPECT_EQ(said(memory, read_prometheus),
            "/etc/prometheus/alertmanager.yml:6 warning the receiver of all alerts, default, "
            "tells nobody\n");
}

TEST(Telegraf, WhatKeepsItFromStarting) {
  Machine memory;
  memory.file("/etc/telegraf/telegraf.conf 0644 root:root",
              "[agent]\n[[inputs.exec]]\n  commands = [\"/usr/local/bin/x.sh --a\", \"uptime\"]\n"
              "[[inputs.x509_cert]]\n  sources = [\"/etc/ssl/none.pem\", \"https://a:443\"]\n"
              "[[inputs.nginx]]\n  urls = [\"http://127.0.0.1/]\n");
  memory.file("/etc/telegraf/telegraf.d/a.conf 0644 root:root", "# nothing\n");
  memory.file("/usr/lib/systemd/system/telegraf.service 0644 root:root",
              "[Service]\nExecStart=/usr/bin/telegraf -config /etc/telegraf/telegraf.conf\n");
  EXPECT_EQ(said(memory, read_telegraf),
            "/etc/telegraf/telegraf.conf:7 warning telegraf does not start: the string has no "
            "end: urls = [\"http://127.0.0.1/]\n"
            "/etc/telegraf/telegraf.conf warning telegraf does not start: no outputs found\n"
            "/etc/telegraf/telegraf.d/a.conf warning telegraf.service names no -config-directory: "
            "/etc/telegraf/telegraf.d is not read\n"
            "/etc/telegraf/telegraf.conf:3 agent-program /usr/local/bin/x.sh missing optional\n"
            "/etc/telegraf/telegraf.conf:5 agent-file /etc/ssl/none.pem missing optional\n");
}

TEST(Monit, SomebodyIsTold) {
  Machine memory;
  memory.file("/etc/monit/monitrc 0600 root:root", "set daemon 60\ninclude /etc/monit/conf.d/*\n");
  memory.file("/etc/monit/conf.d/web 0600 root:root",
              "check process nginx with pidfile /run/nginx.pid\n  if failed port 80 then alert\n"
              "check program a with path \"/usr/local/bin/a\"\n");
  EXPECT_EQ(said(memory, read_monit),
            "/etc/monit/monitrc warning there is no \"set alert\": nobody is told of any failure\n"
            "/etc/monit/conf.d/web:3 agent-program /usr/local/bin/a missing optional\n");
  Machine told;
  told.file("/etc/monit/monitrc 0600 root:root",
            "set alert a@example.org\ninclude /etc/monit/conf.d/*\n");
  told.file("/etc/monit/conf.d/web 0600 root:root",
            "check process a with pidfile /a\n if failed port 80 then alert\n depends on b\n"
            "check file b with path /etc/passwd\n");
  EXPECT_EQ(said(told, read_monit), "");
}

TEST(SmallAgents, SwitchesFilesAndNames) {
  Machine memory;
  memory.file("/etc/zabbix/zabbix_agentd.conf 0644 root:root",
              "LogFile=/var/log/zabbix/a.log\nTLSPSKFile=/etc/zabbix/psk\n"
              "UserParameter=a,cat /run/nginx/nginx.pid\nUserParameter=b[*],pgrep -x $1\n");
  memory.file("/etc/netdata/go.d.conf 0644 root:root", "modules:\n  nginx: no\n  apache: no\n");
  memory.file("/etc/netdata/go.d/nginx.conf 0644 root:root", "jobs:\n");
  memory.file("/etc/munin/plugin-conf.d/a 0644 root:root",
              "[apache_*]\nenv.url http://127.0.0.1:%d/server-status?auto\nenv.ports 80 81\n");
  memory.file("/etc/default/prometheus-node-exporter 0644 root:root",
              "ARGS=\"--collector.textfile.directory=/var/lib/none --x\"\n");
  EXPECT_EQ(said(memory, read_small_agents),
            "/etc/zabbix/zabbix_agentd.conf:1 warning zabbix_agentd does not start: there is no "
            "directory /var/log/zabbix\n"
            "/etc/netdata/go.d.conf:2 warning nginx: no: the jobs of nginx.conf never run\n"
            "/etc/zabbix/zabbix_agentd.conf:2 agent-file /etc/zabbix/psk missing optional\n"
            "/etc/zabbix/zabbix_agentd.conf:3 watched-pid-file /run/nginx/nginx.pid missing "
            "optional ~/run/nginx.pid\n"
            "/etc/default/prometheus-node-exporter:1 agent-file /var/lib/none missing optional\n");
  EXPECT_EQ(memory.facts.rows<facts::Dial>().size(), 2U);
}

TEST(WatchCommands, OfCronAndTheScriptsItStarts) {
  Machine memory;
  memory.file("/etc/cron.d/watch 0644 root:root",
              "* * * * * root /usr/local/bin/check\n"
              "* * * * * root pidof ngnix || systemctl is-active nginxd\n"
              "* * * * * root pgrep -x nginx || systemctl restart nginx\n");
  memory.file("/usr/local/bin/check 0755 root:root",
              "#!/bin/sh\n# curl http://127.0.0.1:1/\nsystemctl is-active --quiet ngnix\n"
              "for u in a b; do systemctl is-active $u; done\n"
              "curl -s http://127.0.0.1:8089/a || curl -s http://example.org:8089/\n");
  EXPECT_EQ(said(memory, read_watch_commands),
            "/usr/local/bin/check:3 watched-unit ngnix missing optional ~nginx.service\n"
            "/etc/cron.d/watch:2 watched-unit nginxd missing optional ~nginx.service\n");
  ASSERT_EQ(memory.facts.rows<facts::Dial>().size(), 1U);
  EXPECT_EQ(memory.facts.rows<facts::Dial>()[0].port, 8089);
}

}  // namespace
}  // namespace stackaudit::stack

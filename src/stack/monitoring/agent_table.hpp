// The files of agents that are read line by line.
#pragma once

#include <array>
#include <string_view>

namespace stackaudit::stack {

struct Agent {
  std::string_view name;
  std::string_view files;  // a pattern
  bool by_file = false;    // the file's name says what is watched
};
inline constexpr std::array kAgents{
    Agent{"zabbix", "/etc/zabbix/zabbix_agentd.conf"},
    Agent{"zabbix", "/etc/zabbix/zabbix_agentd*.d/*.conf"},
    Agent{"zabbix", "/etc/zabbix/zabbix_agent2.conf"},
    Agent{"zabbix", "/etc/zabbix/zabbix_agent2.d/*.conf"},
    Agent{"zabbix", "/etc/zabbix/zabbix_agent2.d/plugins.d/*.conf"},
    Agent{"nrpe", "/etc/nagios/nrpe*.cfg"},
    Agent{"nrpe", "/etc/nagios/nrpe.d/*.cfg"},
    Agent{"nagios", "/etc/nagios[34]/conf.d/*.cfg"},
    Agent{"nagios", "/etc/nagios[34]/objects/*.cfg"},
    Agent{"nagios", "/etc/nagios/objects/*.cfg"},
    Agent{"icinga", "/etc/icinga2/conf.d/*.conf"},
    Agent{"icinga", "/etc/icinga2/zones.d/*/*.conf"},
    Agent{"prometheus", "/etc/prometheus/*.yml"},
    Agent{"prometheus", "/etc/prometheus/*.yaml"},
    Agent{"exporter", "/usr/lib/systemd/system/*exporter*.service", true},
    Agent{"exporter", "/etc/default/prometheus-*-exporter", true},
    Agent{"exporter", "/etc/default/*_exporter", true},
    Agent{"exporter", "/etc/default/*-exporter", true},
    Agent{"exporter", "/etc/systemd/system/*exporter*.service", true},
    Agent{"exporter", "/etc/systemd/system/*exporter*.d/*.conf", true},
    Agent{"telegraf", "/etc/telegraf/telegraf.conf"},
    Agent{"telegraf", "/etc/telegraf/telegraf.d/*.conf"},
    Agent{"collectd", "/etc/collectd/collectd.conf"},
    Agent{"collectd", "/etc/collectd.conf"},
    Agent{"collectd", "/etc/collectd/collectd.conf.d/*.conf"},
    Agent{"collectd", "/etc/collectd.d/*.conf"},
    Agent{"monit", "/etc/monit/monitrc"},
    Agent{"monit", "/etc/monitrc"},
    Agent{"monit", "/etc/monit/conf.d/*"},
    Agent{"monit", "/etc/monit/conf-enabled/*"},
    Agent{"monit", "/etc/monit.d/*"},
    Agent{"netdata", "/etc/netdata/go.d/*.conf", true},
    Agent{"netdata", "/etc/netdata/python.d/*.conf", true},
    Agent{"munin", "/etc/munin/plugin-conf.d/*"},
    Agent{"munin", "/etc/munin/munin-node.conf"},
    Agent{"newrelic", "/etc/newrelic-infra/integrations.d/*.yml", true},
    Agent{"heartbeat", "/etc/heartbeat/heartbeat.yml"},
    Agent{"heartbeat", "/etc/heartbeat/monitors.d/*.yml"},
    Agent{"keepalived", "/etc/keepalived/keepalived.conf"},
    Agent{"snmpd", "/etc/snmp/snmpd.conf"},
    Agent{"process-exporter", "/etc/process-exporter/*.y*ml"},
    Agent{"cron", "/etc/cron.d/*"},
    Agent{"cron", "/etc/crontab"},
    Agent{"opentelemetry", "/etc/otelcol*/config.yaml"},
    Agent{"grafana-agent", "/etc/grafana-agent.yaml"},
    Agent{"alloy", "/etc/alloy/*.alloy"},
    Agent{"vector", "/etc/vector/vector.toml"},
    Agent{"vector", "/etc/vector/vector.yaml"}};

}  // namespace stackaudit::stack

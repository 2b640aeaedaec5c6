// Agents whose configuration is read line by line: Zabbix, NRPE and Nagios, Icinga, Prometheus and
// its exporters, Telegraf, collectd, Monit, Netdata, Munin.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Fills monitor, dial, reference and file from the agents' usual places.
void read_line_agents(Survey& survey);

// Further files that their main files name and that are not there, names given twice (both as
// problems of code "not-read"), and the account of NRPE. agent_settings.cpp
void read_agent_settings(Survey& survey);

}  // namespace stackaudit::stack

// Agents whose configuration is read line by line: Zabbix, NRPE and Nagios, Icinga, Prometheus and
// its exporters, Telegraf, collectd, Monit, Netdata, Munin.
#pragma once

#include "stack/monitoring/probes.hpp"
#include "stack/survey.hpp"

namespace stackaudit::stack {

// Fills monitor, dial, reference and file from the agents' usual places.
void read_line_agents(Survey& survey);

// One further file of an agent, read as its others are.
void read_agent_file(Survey& survey, std::string_view agent, const std::string& path);
// An address that an agent asks, as rows of monitor and dial; what is watched follows from the
// words around it.
void add_probe(Survey& survey, std::string_view agent, const Probe& probe,
               const std::string& context, const facts::Place& place);

// Further files that their main files name and that are not there, names given twice (both as
// problems of code "not-read"), and the account of NRPE. agent_settings.cpp
void read_agent_settings(Survey& survey);

}  // namespace stackaudit::stack

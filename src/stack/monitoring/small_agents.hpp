// What keepalived, Zabbix, collectd, Netdata, Munin, fail2ban and logcheck are told of besides
// addresses.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Problems "undefined" and "not-read", references to programs, processes, logs and files that are
// not there.
void read_small_agents(Survey& survey);

}  // namespace stackaudit::stack

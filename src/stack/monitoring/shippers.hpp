// Agents that collect logs: Filebeat, Promtail, Fluent Bit, Fluentd, Vector, rsyslog's imfile.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// References of kind watched-log and watched-log-directory for the logs that they are told to
// follow, and the opens of those whose account is known.
void read_log_shippers(Survey& survey);

}  // namespace stackaudit::stack

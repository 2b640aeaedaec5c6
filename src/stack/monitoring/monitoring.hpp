// Monitoring agents: which checks are on and which URLs they ask.
#pragma once

#include "stack/entries/entries.hpp"

namespace stackaudit::stack {

// Datadog's conf.d (apache.d, nginx.d, ...), and beside a server's configuration the other agents
// in their usual places. Fills monitor, dial, reference, file and syntax_problem.
void read_monitoring(Survey& survey, const std::vector<Entry>& entries);

}  // namespace stackaudit::stack

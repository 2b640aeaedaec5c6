// The Datadog agent: conf.d/CHECK.d/*.yaml and the older conf.d/CHECK.yaml.
#pragma once

#include "stack/entries/entries.hpp"

namespace stackaudit::stack {

// The entry is the conf.d directory, or one file of it. Fills monitor, dial, reference (log
// directories), file and syntax_problem.
void read_datadog(Survey& survey, const Entry& entry);

}  // namespace stackaudit::stack

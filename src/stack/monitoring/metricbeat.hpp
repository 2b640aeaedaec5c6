// The modules of Metricbeat, whose address and page stand on lines of their own.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Fills `monitor` and `dial` from the modules apache, nginx and php_fpm of
// /etc/metricbeat/modules.d that are switched on.
void read_metricbeat(Survey& survey);

}  // namespace stackaudit::stack

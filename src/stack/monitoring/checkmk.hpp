// What Checkmk's agent asks the servers.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Fills dial and monitor.
void read_checkmk(Survey& survey);

}  // namespace stackaudit::stack

// The commands of a unit as execve(2) sees them.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills `access` with programs that the unit's user may not execute, `reference` ("program") with
// interpreters of its scripts that are not there, and syntax_problem with scripts that no kernel
// runs ("program-format") and with words that only a shell would understand ("shell-word").
void check_unit_programs(Survey& survey, const ServiceUnit& unit);

}  // namespace stackaudit::stack

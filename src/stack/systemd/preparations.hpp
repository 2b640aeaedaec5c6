// The commands that a unit runs before its server, ExecStartPre= and ExecCondition=, as far as they
// are plain tools: directories that are made, files that are tested, owners that are changed.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Rows of `access` for what mkdir, install -d and touch make as the unit's user, of `reference`
// ("tested-path") for what test(1) asks for, and problems of code "command-refused".
void add_unit_preparations(Survey& survey, const Systemd& systemd, const ServiceUnit& unit);

}  // namespace stackaudit::stack

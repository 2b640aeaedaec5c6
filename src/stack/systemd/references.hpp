// The names in a unit that must lead somewhere.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Adds reference rows for programs, accounts, environment files, the working directory and the
// paths of the sandbox. Paths below /run, and those that only the machine knows, are "dynamic".
void add_unit_references(Survey& survey, const ServiceUnit& unit);

}  // namespace stackaudit::stack

// Words of a unit that look right and are not: dashes of a word processor before options, lines of
// an EnvironmentFile= that are written for a shell.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Problems of systemd: "comment" for a # behind a command of a server ("nginx: invalid option:
// "#"), "option-dash" for an option that its program takes for a name ("nginx: invalid option"),
// "bad-value" for assignments that systemd ignores ("Ignoring invalid environment assignment
// 'export A=b'").
void check_unit_words(Survey& survey, const ServiceUnit& unit);

}  // namespace stackaudit::stack

// Monit's services and whom it tells; pid files, addresses and programs of its lines are read by
// agents.cpp.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Problems "undefined" and "not-read", references to logs and programs that are not there.
void read_monit(Survey& survey);

}  // namespace stackaudit::stack

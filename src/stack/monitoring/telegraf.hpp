// Telegraf's files as a whole; the addresses on their lines are read by agents.cpp.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Problems "undefined" and "not-read", references to programs and certificates that are not there.
void read_telegraf(Survey& survey);

}  // namespace stackaudit::stack

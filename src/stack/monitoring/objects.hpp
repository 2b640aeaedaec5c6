// Objects of Nagios and Icinga that name each other, and their switches.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Problems "undefined" and "not-read" of agent_text.hpp; Icinga's ports as rows of `dial`.
void read_nagios_objects(Survey& survey);  // nagios.cpp
void read_icinga_objects(Survey& survey);  // icinga.cpp

}  // namespace stackaudit::stack

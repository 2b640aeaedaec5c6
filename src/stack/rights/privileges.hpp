// The parts of find_privileges (rights.hpp) that read files of their own.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// sudoers(5) with User_Alias and Cmnd_Alias. Fills sudo_rule. sudoers.cpp
void record_sudo(Survey& survey);

// Sockets of Docker and its kin that everybody, or a worker's group, may connect to: problems of
// code "powerful-socket". powerful_sockets.cpp
void check_powerful_sockets(Survey& survey);

}  // namespace stackaudit::stack

// The parts of find_privileges (crossing.hpp) that read files of their own.
#pragma once

#include "stack/crossing.hpp"

namespace stackaudit::stack {

// sudoers(5) with User_Alias and Cmnd_Alias. Fills sudo_rule. sudoers.cpp
void record_sudo(Survey& survey);

// crontab(5), run-parts directories and logrotate(8): the files that root reads and runs. jobs.cpp
[[nodiscard]] std::vector<RootFile> root_jobs(Survey& survey);

// Sockets of Docker and its kin that everybody, or a worker's group, may connect to: problems of
// code "powerful-socket". powerful_sockets.cpp
void check_powerful_sockets(Survey& survey);

}  // namespace stackaudit::stack

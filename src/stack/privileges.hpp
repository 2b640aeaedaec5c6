// The parts of find_privileges (crossing.hpp) that read files of their own.
#pragma once

#include "stack/crossing.hpp"

namespace stackaudit::stack {

// sudoers(5) with User_Alias and Cmnd_Alias. Fills sudo_rule. sudoers.cpp
void record_sudo(Survey& survey);

// What a rule of sudoers(5) lets somebody run as root, a line each: "(app) /bin/x" is not.
// sudoers.cpp
[[nodiscard]] std::string commands_of_root(std::string_view commands);

// crontab(5), run-parts directories and logrotate(8): the files that root reads and runs. jobs.cpp
[[nodiscard]] std::vector<RootFile> root_jobs(Survey& survey);

// Sockets of Docker and its kin that everybody, or a worker's group, may connect to: problems of
// code "powerful-socket". powerful_sockets.cpp
void check_powerful_sockets(Survey& survey);

}  // namespace stackaudit::stack

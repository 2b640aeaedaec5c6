// The parts of find_privileges (crossing.hpp) that read files of their own.
#pragma once

#include "stack/crossing.hpp"

namespace stackaudit::stack {

// sudoers(5) with User_Alias and Cmnd_Alias. Fills sudo_rule. sudoers.cpp
void record_sudo(Survey& survey);

// crontab(5), run-parts directories and logrotate(8): the files that root reads and runs. jobs.cpp
[[nodiscard]] std::vector<RootFile> root_jobs(Survey& survey);

}  // namespace stackaudit::stack

// What no system can know alone: which files could be changed or read by whom, and who has more
// rights than files give.
#pragma once

#include "stack/jobs/jobs.hpp"

#include <vector>

namespace stackaudit::stack {

// Fills account, sudo_rule and special_file, and gives the files that root runs on its own. Workers
// must be known. privileges.cpp
[[nodiscard]] std::vector<RootFile> find_privileges(Survey& survey);

// Fills `writable` and `readable` from the files, references and workers seen so far.
void find_exposed_files(Survey& survey);

}  // namespace stackaudit::stack

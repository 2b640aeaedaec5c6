// Files with passwords and keys: who besides their keeper may read them, and whether anybody is in
// them.
#pragma once

#include "stack/jobs/jobs.hpp"

#include <vector>

namespace stackaudit::stack {

// Files of passwords in which nobody can be found: problems of code "no-account".
// password_files.cpp
void check_password_files(Survey& survey);

// Fills `readable`: secrets that every account may read, or one that does not need to; the same.
// secrets.cpp
void find_readable_secrets(Survey& survey, const std::vector<RootFile>& of_root);

}  // namespace stackaudit::stack

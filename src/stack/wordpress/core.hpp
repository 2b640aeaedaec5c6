// The files of WordPress itself against those of Debian's package, where that is installed and of
// the same release.
#pragma once

#include "stack/survey.hpp"

#include <string>

namespace stackaudit::stack {

// Adds references of kind wordpress-core (missing or empty), wordpress-changed and
// wordpress-foreign for the installation at `root`, which may be the package's own.
void compare_core(Survey& survey, const std::string& root);

}  // namespace stackaudit::stack

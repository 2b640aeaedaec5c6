// Compose files: which ports of the machine their services take, and what rights they are given.
#pragma once

#include "stack/container/container.hpp"

namespace stackaudit::stack {

// The entry is the file; the listeners of the machine's own servers must be known. Fills
// syntax_problem (parse; container-privileged, published-port), reference (compose-file) and file.
// Gives what of the tree its services mount.
[[nodiscard]] Image read_compose(Survey& survey, const Entry& entry);

}  // namespace stackaudit::stack

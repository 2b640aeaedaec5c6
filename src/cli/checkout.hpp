// Whether what is to be audited is a program's checkout rather than a part of this machine.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <vector>

namespace stackaudit::cli {

// Whether each target is a directory outside of the system's own with a Dockerfile and the main
// configuration file of a server: the absolute names and the accounts there are the image's. Looks
// eight levels deep.
[[nodiscard]] bool are_checkouts(const tree::Tree& tree, const std::vector<std::string>& targets);

}  // namespace stackaudit::cli

// Whether what is to be audited is a program's checkout rather than a part of this machine.
#pragma once

#include "tree/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stackaudit::cli {

// What the directories that are to be audited are.
enum class Checkout : std::uint8_t {
  none,        // a part of this machine
  image,       // a Dockerfile and a server's main configuration file: an image is made of them
  repository,  // with a server's main configuration file, in Git; nothing in /etc leads into it
  variants,    // several main configuration files of one server, and nothing in /etc leads there
};

// `none` unless each target is such a directory, outside of the system's own: the absolute names
// and the accounts in a checkout are not this machine's. Looks eight levels deep.
[[nodiscard]] Checkout checkout_of(const tree::Tree& tree, const std::vector<std::string>& targets);

}  // namespace stackaudit::cli

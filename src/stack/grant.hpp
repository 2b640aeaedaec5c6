// The smallest change that lets a refused process through, tried out in the access model.
#pragma once

#include "tree/access.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

struct Grant {
  std::string words;                  // "chmod 0644 /srv/a.css"; empty where nothing is known
  std::optional<std::uint32_t> mode;  // of the component, where a mode alone is the change
};

// For a verdict of tree::may that is EACCES. After the change the component lets the process
// through; a further component may still refuse. Never opens a file to others for writing, nor a
// key, password file or setting to others for reading.
[[nodiscard]] Grant smallest_grant(const tree::Tree& tree, const tree::Accounts& accounts,
                                   const tree::Principal& who, tree::Operation operation,
                                   std::string_view purpose, const tree::Verdict& verdict);

}  // namespace stackaudit::stack

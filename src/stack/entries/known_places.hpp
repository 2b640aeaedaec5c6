// Where distributions and builds keep the main configuration of a server.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct KnownPlace {
  std::string kind;  // as Entry::kind
  std::string path;
};

// Those that exist, in the order in which they are looked for; of one kind, or of all.
[[nodiscard]] std::vector<KnownPlace> known_places(const tree::Tree& tree,
                                                   std::string_view kind = {});

// Whether a place for the main configuration of this kind holds one, inside the targets or not.
[[nodiscard]] bool known_place_exists(const tree::Tree& tree, std::string_view kind);

}  // namespace stackaudit::stack

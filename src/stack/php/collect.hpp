// The definitions that one file holds.
#pragma once

#include "stack/php/definitions.hpp"

#include <vector>

namespace stackaudit::stack::php {

// Appends them, each kind in the order of the tree, and gives the calls of functions, methods and
// constructors. Reads its unit alone: several may run at a time.
[[nodiscard]] std::vector<syntax::php::NodeId> collect_definitions(
    const Unit& unit, std::vector<Definitions::Named>& out);
// Appends the types of contents that some of the unit's calls register.
void collect_types(const Unit& unit, const std::vector<syntax::php::NodeId>& calls,
                   std::vector<Definitions::Named>& out);

}  // namespace stackaudit::stack::php

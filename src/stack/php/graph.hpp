// Who loads whom: from the entry points of each application along its includes.
#pragma once

#include "stack/php/resolve.hpp"

#include <vector>

namespace stackaudit::stack::php {

// An include with what it leads to.
struct Link {
  Include include;
  std::vector<Target> targets;
};

// Marks what the entry points reach, and from which directories they start. Links to files that
// are not in the corpus are returned, for another round.
[[nodiscard]] std::vector<std::string> reach(Corpus& corpus, const std::vector<Link>& links);

}  // namespace stackaudit::stack::php

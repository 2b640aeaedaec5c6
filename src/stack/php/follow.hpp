// What all files load, found in rounds: a file that is new may give the names of others a value,
// and which entry points load a file tells where its relative names are looked for.
#pragma once

#include "stack/php/callers.hpp"
#include "stack/php/definitions.hpp"
#include "stack/php/graph.hpp"

#include <vector>

namespace stackaudit::stack::php {

struct Followed {
  Definitions definitions;
  std::vector<Link> links;
  Callers callers;
  std::vector<std::vector<Arguments>> calls;  // that `callers` knows
  UnitSet ends;  // files that certainly end the script which loads them
};

// Loads into the corpus whatever its files lead to, and marks what entry points reach.
[[nodiscard]] Followed follow(Corpus& corpus);

}  // namespace stackaudit::stack::php

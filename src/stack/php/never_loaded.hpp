// Names of a plugin or theme that only a file of it declares which nothing loads.
#pragma once

#include "stack/php/graph.hpp"

#include <vector>

namespace stackaudit::stack::php {

// As doubtful problems of the code "undefined", where the name stands. Only where the plugin or
// theme has no autoloader, and the names of all files that it loads are known.
void add_never_loaded(const Corpus& corpus, const Definitions& definitions,
                      const std::vector<Link>& links);

}  // namespace stackaudit::stack::php

// Names that a page uses and that only files declare which it does not load.
#pragma once

#include "stack/php/certain_includes.hpp"
#include "stack/php/graph.hpp"

#include <vector>

namespace stackaudit::stack::php {

// As problems of the code "undefined", where the name stands. Only of pages without an autoloader,
// all of whose includes were followed. After add_problems().
void add_not_loaded(CertainIncludes& certain, const Definitions& definitions,
                    const std::vector<Link>& links);

}  // namespace stackaudit::stack::php

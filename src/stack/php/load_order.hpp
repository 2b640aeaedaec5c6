// Classes that are built on others which the same file loads only afterwards.
#pragma once

#include "stack/php/certain_includes.hpp"
#include "stack/php/graph.hpp"

#include <vector>

namespace stackaudit::stack::php {

// As problems of the code "undefined", at the name of the parent, interface or trait. Only where no
// autoloader may bring it, and nothing else loads either file.
void add_load_order(CertainIncludes& certain, const Definitions& definitions,
                    const std::vector<Link>& links);

}  // namespace stackaudit::stack::php

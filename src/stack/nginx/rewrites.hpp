// Rewrites that lead a location's requests into the same location, again and again.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem ("rewrite-loop") where a request was followed through ten rewrites with
// `last` and was still rewritten. Locations whose rewrites depend on a condition are left alone.
void check_rewrites(Reader& reader);

}  // namespace stackaudit::stack::nginx

// What nginx accepts and does as written, and what few people mean by it.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// `if` in a location with more than return and rewrite, merge_slashes off beside guarded prefixes,
// files served from the root of the build because none is said.
void check_habits(Reader& reader);

}  // namespace stackaudit::stack::nginx

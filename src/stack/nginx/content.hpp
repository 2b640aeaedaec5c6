// The files below the document roots, opened by the workers at requests.
#pragma once

#include "stack/nginx/sites.hpp"

namespace stackaudit::stack::nginx {

// Fills `access` with a read of each file that a site would serve: by a bounded walk, types that
// nginx's `types` know being taken for content; directories need search. More than the bound
// becomes a blind spot.
void read_content(Reader& reader, const std::vector<ServedRoot>& roots);

}  // namespace stackaudit::stack::nginx

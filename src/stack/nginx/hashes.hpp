// The hash tables that nginx builds of names, each with buckets of one size: a name that does not
// fit into a bucket keeps nginx from starting.
#pragma once

#include "stack/nginx/listeners.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with the names that are too long: of servers, maps, variables, headers,
// referers, types.
void check_hashes(Reader& reader, const std::vector<Claim>& claims);

}  // namespace stackaudit::stack::nginx

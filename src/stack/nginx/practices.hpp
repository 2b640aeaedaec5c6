// What nginx accepts and does not do as it was meant: location and inheritance rules.
#pragma once

#include "stack/nginx/listeners.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with these codes, each of which has a rule: alias-traversal, header-dropped,
// no-script-filename, redirect-splitting, fallback-loop, no-resolver, name-conflict, no-default.
void check_practices(Reader& reader, const std::vector<Claim>& claims);

}  // namespace stackaudit::stack::nginx

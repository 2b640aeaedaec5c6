// Directives whose arguments nginx reads in a way of their own: return codes, rewrite flags,
// conditions, access lists, map lines, nested locations.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with what nginx refuses of them, in its words.
void check_arguments(Reader& reader);

}  // namespace stackaudit::stack::nginx

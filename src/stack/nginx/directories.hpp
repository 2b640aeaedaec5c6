// Directories that a location is meant to serve, and how root and alias come to them.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with aliases that lack the slash of their location ("alias-slash") and roots
// that name what the location's own name adds again ("root-for-alias"), and `access` with listings
// of directories that autoindex is asked for ("listing").
void check_directories(Reader& reader);

}  // namespace stackaudit::stack::nginx

// charset_map and the character sets that locations ask for.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with the lines of charset_map that nginx refuses, with maps that are there
// twice, and with a charset that no map leads to.
void check_charsets(Reader& reader);

}  // namespace stackaudit::stack::nginx

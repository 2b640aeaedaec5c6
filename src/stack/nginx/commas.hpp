// Lists that people separate by commas and nginx by blanks alone.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Names of servers, files and types of which a comma has become a part: nginx takes them, and
// nothing ever matches.
void check_commas(Reader& reader);

}  // namespace stackaudit::stack::nginx

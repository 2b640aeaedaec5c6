// What nginx refuses to everybody, without a word from its test.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Problems "location-shadowed" and "refuses-everybody".
void check_closed(Reader& reader);

}  // namespace stackaudit::stack::nginx

// What nginx refuses to everybody, without a word from its test.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Problems "location-shadowed" and "refuses-everybody"; `access` and `file` of certificates and
// keys whose names have the server's name in them, which the worker opens.
void check_closed(Reader& reader);

}  // namespace stackaudit::stack::nginx

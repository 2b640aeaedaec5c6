// Regular expressions of the configuration, compiled by the library with which nginx compiles them.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with those that do not compile, in the words of pcre2_compile().
void check_regexes(Reader& reader);

}  // namespace stackaudit::stack::nginx

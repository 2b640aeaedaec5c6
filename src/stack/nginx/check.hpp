// What nginx would refuse of the directives as such: names, places, numbers of arguments, values,
// repetitions. In nginx's own words.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem.
void check_directives(Reader& reader);

}  // namespace stackaudit::stack::nginx

// Blocks whose lines are no directives: map, geo, split_clients, types.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with the lines that nginx refuses, in its words.
void check_blocks(Reader& reader);

}  // namespace stackaudit::stack::nginx

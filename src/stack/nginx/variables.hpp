// Variables: nginx refuses to start when one is used that nothing defines.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem; only where no module that cannot be read could define the variable.
void check_variables(Reader& reader);

// Whether the first argument is known only when a request is served: it has a variable, and the
// directive takes some. Elsewhere "$" is a character as any: error_log /var/log/$host.log; writes
// to a file of this very name.
[[nodiscard]] bool is_dynamic(const Node& node);

// Whether the character may stand in the name of a variable.
[[nodiscard]] bool is_name_character(char ch);

}  // namespace stackaudit::stack::nginx

// The certificates, keys and parameters that nginx loads at start.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with what nginx refuses of them, and with certificates that visitors will.
void check_certificates(Reader& reader);

}  // namespace stackaudit::stack::nginx

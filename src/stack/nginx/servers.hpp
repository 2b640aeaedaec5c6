// What nginx asks of a server block of stream and mail as a whole.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem: stream servers without a handler, mail servers without a protocol or an
// authentication server.
void check_servers(Reader& reader);

}  // namespace stackaudit::stack::nginx

// Redirects of a server to a port of its own that nobody serves.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Adds problems of code "redirect-port" at `return`, `rewrite` and `Redirect` whose URL names this
// server with a port that no listener has. Listeners must be known.
void check_redirects(Survey& survey);

}  // namespace stackaudit::stack

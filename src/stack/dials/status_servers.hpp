// Servers of nginx that have its status page and nothing else, where a site is handed on to them.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Needs dials with their answers. Fills syntax_problem: "status-server", at the dial.
void check_status_servers(Survey& survey);

}  // namespace stackaudit::stack

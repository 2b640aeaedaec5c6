// Logs that lead to the standard output of a service which systemd has connected to the journal.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills syntax_problem ("log-stream") where the unit's process opens its log there: at the link,
// else at the place that names it. unit: nullptr where nothing is known to start the server.
void check_log_stream(Survey& survey, const ServiceUnit* unit, const std::string& path,
                      const facts::Place& place);

}  // namespace stackaudit::stack

// Who answers whom: every client of the stack against everything that listens.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Decides dial.answered and answered_by from the listeners, monitor.path_served from directives,
// and records in `access` the connects to sockets that listeners will create.
void connect_dials(Survey& survey, const Systemd& systemd);

}  // namespace stackaudit::stack

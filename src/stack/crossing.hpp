// What no system can know alone: who answers a dial, may it connect to the socket, which files
// could be changed or read by whom.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Decides dial.answered and answered_by from the listeners, monitor.path_served from directives,
// and records in `access` the connects to sockets that listeners will create.
void connect_dials(Survey& survey, const Systemd& systemd);

// Fills `writable` and `readable` from the files, references and workers seen so far.
void find_exposed_files(Survey& survey);

}  // namespace stackaudit::stack

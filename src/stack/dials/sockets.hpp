// Who may connect to the unix sockets that listeners will make.
#pragma once

#include "stack/dials/answers.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Adds an access row of operation connect for each dial of a web server to a socket whose owner
// and mode are known, decided as the kernel would once the socket is there.
void connect_sockets(Survey& survey, const Systemd& systemd, Answers& answers);

}  // namespace stackaudit::stack

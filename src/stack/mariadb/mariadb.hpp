// MariaDB and MySQL: the socket and the port that others connect to, and what keeps the server
// down.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills listener where the server's program is there, and service with all that keeps the server
// down where that is asked for: its files or its unit are below a target, or an application of the
// audit keeps its data there.
void read_mariadb(Survey& survey, const Systemd& systemd, const Targets& targets);

}  // namespace stackaudit::stack

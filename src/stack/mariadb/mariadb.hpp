// MariaDB and MySQL: the socket and the port that others connect to, and what keeps the server
// down.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills service and listener where a unit or a server program is there; else nothing is known and
// nothing is recorded.
void read_mariadb(Survey& survey, const Systemd& systemd);

}  // namespace stackaudit::stack

// Files and directories that the options of MariaDB's server name.
#pragma once

#include "stack/mariadb/options.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack::mariadb {

// Records as references those that are not there. `user`: whom the server runs as.
void check_paths(Survey& survey, const Options& options, const Systemd& systemd,
                 const std::string& user);

}  // namespace stackaudit::stack::mariadb

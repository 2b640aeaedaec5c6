// What the server opens: its option files, and what lies in its data directory.
#pragma once

#include "stack/mariadb/options.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack::mariadb {

// Fills `access`, and `file` with the option files. `unit` may be null; `user` is whom the server
// works as.
void record_opens(Survey& survey, const Options& options, const ServiceUnit* unit,
                  const std::string& user);

}  // namespace stackaudit::stack::mariadb

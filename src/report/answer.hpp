// The answer to a query of the facts: a table for people, columns and rows for programs.
#pragma once

#include "facts/database.hpp"

#include <string>
#include <vector>

namespace stackaudit::report {

// Left-aligned columns below their names, two blanks apart. Every cell is made printable.
[[nodiscard]] std::string columns_as_text(const std::vector<std::string>& names,
                                          const std::vector<std::vector<std::string>>& rows);

[[nodiscard]] std::string answer_as_text(const facts::Answer& answer);
// {"columns": ["path", ...], "rows": [["/etc/nginx/nginx.conf", 1, null], ...]}
[[nodiscard]] std::string answer_as_json(const facts::Answer& answer);

}  // namespace stackaudit::report

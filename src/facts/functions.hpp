// Which SQL functions a query may call: a list of SQLite's own that are deterministic and cannot
// be made to run for long or to fill the memory, and a few of this project's.
#pragma once

#include <sqlite3.h>

#include <span>
#include <string_view>

namespace stackaudit::facts {

[[nodiscard]] bool allowed_function(std::string_view name);
// All allowed names, sorted: SQLite's and ours.
[[nodiscard]] std::span<const std::string_view> allowed_functions();

// Registers ours; gives an SQLite result code.
int add_functions(sqlite3* db);

}  // namespace stackaudit::facts

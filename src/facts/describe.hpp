// The tables and functions that queries may use, as their declarations document them.
#pragma once

#include <string_view>
#include <vector>

namespace stackaudit::facts {

struct ColumnDoc {
  std::string_view name;
  std::string_view type;  // TEXT or INTEGER
  bool nullable = false;
  bool indexed = false;  // joins may look it up
  std::string_view doc;
};

struct TableDoc {
  std::string_view name;
  std::string_view doc;
  std::vector<ColumnDoc> columns;
};

struct FunctionDoc {
  std::string_view signature;  // "octal(mode)"
  std::string_view doc;
};

// In the order of AllTables.
[[nodiscard]] std::vector<TableDoc> describe_tables();
// The functions that are not SQLite's own.
[[nodiscard]] std::vector<FunctionDoc> describe_functions();

}  // namespace stackaudit::facts

// The tables and functions that queries may use, as their declarations document them.
#pragma once

#include "facts/table.hpp"

#include <string_view>
#include <vector>

namespace stackaudit::facts {

struct ColumnDoc {
  static constexpr std::string_view kText = "TEXT", kInteger = "INTEGER";

  std::string_view name;
  std::string_view type;  // one of these
  bool nullable = false;
  bool indexed = false;  // joins may look it up
  std::string_view doc;

  [[nodiscard]] bool is_text() const { return type == kText; }
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

template <class Row>
[[nodiscard]] TableDoc describe_table() {
  TableDoc table{Table<Row>::name, Table<Row>::doc, {}};
  for (const auto& column : Table<Row>::columns)
    table.columns.push_back({column.name, column.is_text() ? ColumnDoc::kText : ColumnDoc::kInteger,
                             column.nullable(), column.index == Index::lookup, column.doc});
  return table;
}

// In the order of AllTables.
[[nodiscard]] std::vector<TableDoc> describe_tables();
// The functions that are not SQLite's own.
[[nodiscard]] std::vector<FunctionDoc> describe_functions();

}  // namespace stackaudit::facts

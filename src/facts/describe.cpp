// Reads the declarations in the order of AllTables.
#include "facts/describe.hpp"

#include "facts/sql_value.hpp"
#include "facts/store.hpp"

namespace stackaudit::facts {
namespace {

template <class Row, class Member>
ColumnDoc describe_column(const Column<Row, Member>& column) {
  return {column.name, kSqlType<Member>, Nullable<Member>::value, column.index == Index::lookup,
          column.doc};
}

template <class Row>
TableDoc describe_table() {
  return {Table<Row>::name, Table<Row>::doc,
          std::apply([](const auto&... column) { return std::vector{describe_column(column)...}; },
                     Table<Row>::columns)};
}

template <class... Rows>
std::vector<TableDoc> describe(std::type_identity<std::tuple<Rows...>>) {
  return {describe_table<Rows>()...};
}

}  // namespace

std::vector<TableDoc> describe_tables() {
  return describe(std::type_identity<AllTables>{});
}

}  // namespace stackaudit::facts

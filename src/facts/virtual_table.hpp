// A vector of rows as a read-only SQLite virtual table: eponymous, so that no CREATE is needed, and
// nothing is copied. Columns declared Index::lookup can be looked up by equality; the order that
// takes is computed once, when a plan first asks for it, for all connections over the same rows.
//
// What SQLite is told, and what not: one equality at most is taken over (its first argument), and
// SQLite checks it again, because affinity and NULL are its business. Only BINARY comparisons are
// taken, since the order is bytewise.
#pragma once

#include "facts/describe.hpp"
#include "facts/sql_value.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace stackaudit::facts {

// The rows of one table, whatever they are. They must outlive it and stay as they are.
struct RowsView {
  const void* rows = nullptr;  // a std::vector of them
  std::size_t size = 0;
  Cell (*cell)(const void* rows, std::size_t row, std::size_t column) = nullptr;

  [[nodiscard]] Cell at(std::size_t row, std::size_t column) const {
    return cell(rows, row, column);
  }
};
template <class Row>
[[nodiscard]] RowsView view_of(const std::vector<Row>& rows) {
  return {&rows, rows.size(), [](const void* all, std::size_t row, std::size_t column) {
            return cell_of((*static_cast<const std::vector<Row>*>(all))[row],
                           Table<Row>::columns[column]);
          }};
}

// Row numbers without those whose key is NULL, ordered by key; equal keys in the order of the rows.
struct Order {
  std::vector<std::uint32_t> rows;
  std::size_t distinct = 0;
};

// A table with the orders that lookups have asked for so far. Several connections may share it,
// each in its own thread.
class SharedTable {
 public:
  SharedTable(TableDoc declared, RowsView view)
      : doc(std::move(declared)), rows(view), orders_(doc.columns.size()) {}

  [[nodiscard]] const Order& order(std::size_t column);

  const TableDoc doc;
  const RowsView rows;

 private:
  struct Lazy {
    std::once_flag once;
    Order order;
  };
  std::deque<Lazy> orders_;  // one a column
};

// The CREATE TABLE statement that SQLite is told.
[[nodiscard]] std::string create_statement(const TableDoc& table);

// Makes the rows known to the connection, which the table must outlive, under the table's name.
// Gives an SQLite result code.
[[nodiscard]] int attach(sqlite3* db, SharedTable& table);

}  // namespace stackaudit::facts

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
  explicit SharedTable(TableDoc declared) : doc(std::move(declared)), orders_(doc.columns.size()) {}

  // Once, before any statement runs.
  void fill(RowsView view) { rows_ = view; }

  [[nodiscard]] const RowsView& rows() const { return rows_; }
  [[nodiscard]] const Order& order(std::size_t column);
  // Whether a plan is made for the rows that are there. That of a table with fewer rows is the same
  // as for an empty one: what was found sound without rows is what runs.
  [[nodiscard]] bool is_large() const;

  const TableDoc doc;

 private:
  struct Lazy {
    std::once_flag once;
    Order order;
  };
  RowsView rows_;
  std::deque<Lazy> orders_;  // one a column
};

// The CREATE TABLE statement that SQLite is told.
[[nodiscard]] std::string create_statement(const TableDoc& table);

// Makes the rows known to the connection, which the table must outlive, under the table's name.
// Gives an SQLite result code.
[[nodiscard]] int attach(sqlite3* db, SharedTable& table);

}  // namespace stackaudit::facts

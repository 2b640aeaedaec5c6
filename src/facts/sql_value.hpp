// How the members of fact rows are written into SQLite and compared with its values: TEXT for
// strings, INTEGER for integers and booleans, NULL for an empty optional.
#pragma once

#include "facts/table.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

namespace stackaudit::facts {

// What SQL sees of one member of one row, which the text points into.
struct Cell {
  enum class Kind : std::uint8_t { null, text, integer };
  Kind kind = Kind::null;
  std::string_view text;
  std::int64_t integer = 0;
};

inline Cell to_cell(const std::string& value) {
  return {Cell::Kind::text, value, 0};
}
inline Cell to_cell(std::int64_t value) {
  return {Cell::Kind::integer, {}, value};
}
template <class T>
Cell to_cell(const std::optional<T>& value) {
  return value ? to_cell(*value) : Cell{};
}

template <class Row>
[[nodiscard]] Cell cell_of(const Row& row, const Column<Row>& column) {
  if (column.text) return to_cell(row.*column.text);
  if (column.number) return to_cell(row.*column.number);
  if (column.flag) return to_cell(std::int64_t{row.*column.flag});
  if (column.maybe_text) return to_cell(row.*column.maybe_text);
  if (column.maybe_number) return to_cell(row.*column.maybe_number);
  if (column.maybe_small) return to_cell(row.*column.maybe_small);
  return to_cell(row.*column.maybe_flag);
}

// Gives it as the result of a column. The row must outlive the statement.
void give(sqlite3_context* context, const Cell& cell);

// The text of a value, empty for NULL; valid until the value is next converted.
[[nodiscard]] std::string_view text_of(sqlite3_value* value);

// Which keys a value may equal under SQL's rules of affinity, which SQLite checks again itself:
// none at all, one, or (a number against a text column, where '080' = 80) any.
template <class T>
struct Match {
  enum class Kind : std::uint8_t { none, one, any };
  Kind kind = Kind::none;
  T key{};
};
[[nodiscard]] Match<std::string_view> text_match(sqlite3_value* value);
[[nodiscard]] Match<std::int64_t> integer_match(sqlite3_value* value);

}  // namespace stackaudit::facts

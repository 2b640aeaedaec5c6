// The vocabulary in which a table is declared: one constexpr declaration next to each row struct
// gives the SQL columns, the documentation and the checks (virtual_table.hpp, database.hpp).
//
//   struct Monitor : Place { std::string agent; ... };
//   template <> struct Table<Monitor> {
//     static constexpr std::string_view name = "monitor", doc = "A check of a monitoring agent.";
//     static constexpr auto columns = with_place(std::array{
//         Column{"agent", &Monitor::agent, "Name of the agent.", Index::lookup}, ...});
//   };
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::facts {

// Whether joins and comparisons may look rows up by this column.
enum class Index : std::uint8_t { none, lookup };

// A column over one member, which one of the pointers names: NULL in SQL is an empty optional, and
// booleans are 0 and 1. One type for all columns of a row, because every file that reads a table
// would otherwise have to compile a type a column.
template <class Row>
struct Column {
  std::string_view name, doc;  // doc: a sentence
  Index index = Index::none;
  std::string Row::*text = nullptr;
  std::int64_t Row::*number = nullptr;
  bool Row::*flag = nullptr;
  std::optional<std::string> Row::*maybe_text = nullptr;
  std::optional<std::int64_t> Row::*maybe_number = nullptr;
  std::optional<std::int32_t> Row::*maybe_small = nullptr;
  std::optional<bool> Row::*maybe_flag = nullptr;

  constexpr Column() = default;
  constexpr Column(std::string_view n, std::string Row::*m, std::string_view d, Index i = {})
      : name(n), doc(d), index(i), text(m) {}
  constexpr Column(std::string_view n, std::int64_t Row::*m, std::string_view d, Index i = {})
      : name(n), doc(d), index(i), number(m) {}
  constexpr Column(std::string_view n, bool Row::*m, std::string_view d, Index i = {})
      : name(n), doc(d), index(i), flag(m) {}
  constexpr Column(std::string_view n, std::optional<std::string> Row::*m, std::string_view d,
                   Index i = {})
      : name(n), doc(d), index(i), maybe_text(m) {}
  constexpr Column(std::string_view n, std::optional<std::int64_t> Row::*m, std::string_view d,
                   Index i = {})
      : name(n), doc(d), index(i), maybe_number(m) {}
  constexpr Column(std::string_view n, std::optional<std::int32_t> Row::*m, std::string_view d,
                   Index i = {})
      : name(n), doc(d), index(i), maybe_small(m) {}
  constexpr Column(std::string_view n, std::optional<bool> Row::*m, std::string_view d,
                   Index i = {})
      : name(n), doc(d), index(i), maybe_flag(m) {}

  [[nodiscard]] constexpr bool is_text() const { return text != nullptr || maybe_text != nullptr; }
  [[nodiscard]] constexpr bool nullable() const {
    return text == nullptr && number == nullptr && flag == nullptr;
  }
};

// Specialised beside each row struct.
template <class Row>
struct Table;

// Where a fact was read: the base of every row that comes from a file.
struct Place {
  std::string
      path;  // inside the root; empty where the fact comes from no file (a built-in default)
  std::optional<std::int32_t> line;        // from 1; none: the whole file
  std::optional<std::int32_t> column;      // from 1, in characters
  std::optional<std::int32_t> span_begin;  // bytes [span_begin, span_end) of the words meant
  std::optional<std::int32_t> span_end;    // (files are read up to tree::kReadLimit)
};

// The columns of Place, and then these.
template <class Row, std::size_t N>
[[nodiscard]] consteval std::array<Column<Row>, N + 5> with_place(
    const std::array<Column<Row>, N>& own) {
  std::array<Column<Row>, N + 5> all{
      Column<Row>{"path", &Row::path, "File it was read from, inside the root.", Index::lookup},
      Column<Row>{"line", &Row::line, "Line, from 1; NULL for the whole file."},
      Column<Row>{"column", &Row::column, "Column, from 1, in characters."},
      Column<Row>{"span_begin", &Row::span_begin, "First byte of the words meant."},
      Column<Row>{"span_end", &Row::span_end, "Byte after the words meant."}};
  std::ranges::copy(own, all.begin() + 5);
  return all;
}

// Whether names are unique and every column and the table are documented by a sentence.
template <class Row>
[[nodiscard]] consteval bool well_formed() {
  for (const auto& column : Table<Row>::columns)
    if (!column.doc.ends_with('.') ||
        std::ranges::count(Table<Row>::columns, column.name, &Column<Row>::name) != 1)
      return false;
  return Table<Row>::doc.ends_with('.');
}

}  // namespace stackaudit::facts

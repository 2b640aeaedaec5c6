// The vocabulary in which a table is declared: one constexpr declaration next to each row struct
// gives the SQL columns, the documentation and the checks (virtual_table.hpp, database.hpp).
//
//   struct Monitor : Place { std::string agent; ... };
//   template <> struct Table<Monitor> {
//     static constexpr std::string_view name = "monitor", doc = "A check of a monitoring agent.";
//     static constexpr auto columns = std::tuple_cat(place_columns<Monitor>, std::tuple{
//         Column{"agent", &Monitor::agent, "Name of the agent.", Index::lookup}, ...});
//   };
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace stackaudit::facts {

// Whether joins and comparisons may look rows up by this column.
enum class Index : std::uint8_t { none, lookup };

// A column over one member: an integer, bool, std::string, or std::optional of one of them
// (nullopt is NULL). Booleans are 0 and 1 in SQL.
template <class Row, class Member>
struct Column {
  std::string_view name;
  Member Row::*member;
  std::string_view doc;  // a sentence
  Index index = Index::none;
};
template <class Row, class Member>
Column(std::string_view, Member Row::*, std::string_view, Index = Index::none)
    -> Column<Row, Member>;

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

// The columns of Place as columns of a row that derives from it.
template <class Row>
inline constexpr std::tuple place_columns{
    Column<Row, std::string>{"path", &Row::path, "File it was read from, inside the root.",
                             Index::lookup},
    Column<Row, std::optional<std::int32_t>>{"line", &Row::line,
                                             "Line, from 1; NULL for the whole file."},
    Column<Row, std::optional<std::int32_t>>{"column", &Row::column,
                                             "Column, from 1, in characters."},
    Column<Row, std::optional<std::int32_t>>{"span_begin", &Row::span_begin,
                                             "First byte of the words meant."},
    Column<Row, std::optional<std::int32_t>>{"span_end", &Row::span_end,
                                             "Byte after the words meant."}};

// Whether names are unique and every column and the table are documented by a sentence.
template <class Row>
[[nodiscard]] consteval bool well_formed() {
  return std::apply(
      [](const auto&... column) {
        std::array names{column.name...};
        std::ranges::sort(names);
        return (... && column.doc.ends_with('.')) &&
               std::ranges::adjacent_find(names) == names.end() && Table<Row>::doc.ends_with('.');
      },
      Table<Row>::columns);
}

}  // namespace stackaudit::facts

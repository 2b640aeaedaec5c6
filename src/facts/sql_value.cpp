// The affinity rules are those of https://www.sqlite.org/datatype3.html, section 4.2.
#include "facts/sql_value.hpp"

#include <cmath>

namespace stackaudit::facts {

void give(sqlite3_context* context, const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::null:
      return sqlite3_result_null(context);
    case Cell::Kind::text:
      return sqlite3_result_text64(context, cell.text.data(), cell.text.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    case Cell::Kind::integer:
      return sqlite3_result_int64(context, cell.integer);
  }
}

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

Match<std::string_view> text_match(sqlite3_value* value) {
  using Result = Match<std::string_view>;
  switch (sqlite3_value_type(value)) {
    case SQLITE_TEXT:
      return {Result::Kind::one, text_of(value)};
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
      return {Result::Kind::any, {}};
    default:
      return {};
  }
}

Match<std::int64_t> integer_match(sqlite3_value* value) {
  using Result = Match<std::int64_t>;
  switch (sqlite3_value_numeric_type(value)) {
    case SQLITE_INTEGER:
      return {Result::Kind::one, sqlite3_value_int64(value)};
    case SQLITE_FLOAT: {
      const double number = sqlite3_value_double(value);
      const bool exact = std::trunc(number) == number && std::abs(number) < 0x1p63;
      return exact ? Result{Result::Kind::one, static_cast<std::int64_t>(number)} : Result{};
    }
    default:
      return {};
  }
}

}  // namespace stackaudit::facts

// Answers of queries as one line of text, for tests that show the whole output.
#pragma once

#include "facts/database.hpp"

#include <string>
#include <string_view>

namespace stackaudit::facts {

// "a|b;c|d" with NULL for NULL, or "error: ...".
inline std::string dump(const Answer& answer) {
  if (answer.error) return "error: " + answer.error->message;
  std::string out;
  for (const auto& row : answer.rows) {
    if (!out.empty()) out += ';';
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += '|';
      out += std::holds_alternative<std::monostate>(row[i]) ? "NULL" : to_text(row[i]);
    }
  }
  return out;
}

inline std::string ask(const Store& facts, std::string_view sql, Limits limits = {}) {
  return dump(Database(facts, nullptr, limits).run(sql));
}

}  // namespace stackaudit::facts

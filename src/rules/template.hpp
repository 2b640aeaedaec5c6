// Templates of rules: literal text with {column} of the query's row; {{ and }} are braces.
#pragma once

#include "facts/database.hpp"
#include "rules/rule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

// One row of a rule's query, columns by name. Refers to an answer, which must outlive it.
class Row {
 public:
  Row(const std::vector<std::string>& columns, const std::vector<facts::Value>& values)
      : columns_(columns), values_(values) {}

  // nullptr: the query has no such column.
  [[nodiscard]] const facts::Value* find(std::string_view column) const;
  // The integer of a column; none for NULL and for what is no integer.
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view column) const;
  // As templates print it: modes (a column `mode` or `..._mode`) as four octal digits.
  [[nodiscard]] std::string text(std::string_view column) const;
  // Whether the column is neither NULL, 0 nor empty.
  [[nodiscard]] bool says_yes(std::string_view column) const;

 private:
  const std::vector<std::string>& columns_;
  const std::vector<facts::Value>& values_;
};

struct TemplateProblem {
  std::size_t begin = 0, end = 0;  // bytes of the template
  std::string message;
  std::string column;  // the unknown one; empty for a stray brace
};

// What is wrong with a template, given the columns that the query yields.
[[nodiscard]] std::vector<TemplateProblem> check_template(std::string_view text,
                                                          const std::vector<std::string>& columns);

// The template with its columns filled in. Unknown columns are empty.
[[nodiscard]] std::string expand(const Template& pattern, const Row& row);

// The column where the template is nothing but one column.
[[nodiscard]] std::optional<std::string_view> sole_column(std::string_view text);

}  // namespace stackaudit::rules

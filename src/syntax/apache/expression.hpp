// The expressions of httpd 2.4 (ap_expr), as <If>, Require expr, Header ... expr= and others take
// them: would httpd take this text for one, and which names does it look up. Nothing is evaluated.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::apache {

struct ExpressionName {
  enum class Kind { variable, function, list_function, unary_operator, binary_operator };
  Kind kind;
  std::string name;  // without "%{", "-" or "("
};

struct Expression {
  // What httpd says when it cannot take the text apart ("syntax error, unexpected $end"); empty:
  // nothing is wrong. Nesting deeper than kMaxDepth is not judged.
  std::string problem;
  std::vector<ExpressionName> names;
};

// Takes any bytes. string: the text is a string with %{variables}, not a condition.
[[nodiscard]] Expression parse_expression(std::string_view text, bool string = false);

}  // namespace stackaudit::syntax::apache

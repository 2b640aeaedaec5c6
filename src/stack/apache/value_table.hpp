// Values that are judged by a line of data/apache-values.tsv: words, numbers, patterns,
// expressions.
#pragma once

#include "stack/apache/judge.hpp"

#include <span>

namespace stackaudit::stack::apache {

// What the table says of the directive's arguments; empty where nothing is wrong, or where it knows
// nothing. name: in lower case, with its '<' for a section.
[[nodiscard]] std::optional<BadValue> bad_table_value(const Httpd& httpd, std::string_view name,
                                                      const std::vector<Arg>& args);

// What is wrong with an expression, in httpd's words; empty where nothing is, or where a name in it
// may be of a module that is not known. string: it is a string with variables.
[[nodiscard]] std::string bad_expression(const Httpd& httpd, std::string_view text,
                                         bool string = false);

// Whether httpd's library compiles the pattern.
[[nodiscard]] bool compiles(std::string_view pattern, bool caseless = false);

}  // namespace stackaudit::stack::apache

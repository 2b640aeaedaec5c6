// httpd's expressions: what it can take apart, in its words where it cannot, and the names it looks
// up.
#include "syntax/apache/expression.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::apache {
namespace {

std::string problem(std::string_view text) {
  return parse_expression(text).problem;
}

TEST(ApacheExpression, WhatHttpdTakes) {
  for (const auto* text :
       {"true", "! true && false || true", "(true and not false)", "-n %{HTTP_HOST}",
        "%{HTTP_HOST} == 'a'", "%{HTTP_HOST} =~ /^a|b$/i", "%{REQUEST_URI} =~ m#^/x#",
        "%{REMOTE_ADDR} -ipmatch '10.0.0.0/8'", "%{HTTP_HOST} in {'a', 'b'}",
        "tolower(%{HTTP_HOST}) == \"x%{HTTPS}\"", "%{TIME_HOUR} -gt 9", "'a' . 'b' == $1",
        "%{HTTP:X-A} != ''", "-f '/x%{tolower:%{HTTP_HOST}}'", "'\\101' == 'A'"})
    EXPECT_EQ(problem(text), "") << text;
}

TEST(ApacheExpression, WhatItDoesNot) {
  EXPECT_EQ(problem(""), "syntax error, unexpected $end");
  EXPECT_EQ(problem("%{HTTP_HOST}"), "syntax error, unexpected $end");
  EXPECT_EQ(problem("%{HTTP_HOST} == a"), "syntax error, unexpected $end");
  EXPECT_EQ(problem("%{HTTP_HOST} == 'a"), "Unterminated string or variable");
  EXPECT_EQ(problem("%{HTTP-HOST} == 'a'"), "Invalid character in variable name '-'");
  EXPECT_EQ(problem("%{HTTP_HOST} =~ /(/"), "Failed to compile regular expression");
  EXPECT_EQ(problem("%{HTTP_HOST} =~ 'a'"), "syntax error, unexpected T_STR_BEGIN");
  EXPECT_EQ(problem("(true"), "syntax error, unexpected $end");
  EXPECT_EQ(problem("true)"), "syntax error, unexpected ')'");
  EXPECT_EQ(problem("true #"), "Parse error near '#'");
  EXPECT_EQ(problem("'\\999' == 'a'"), "Bad escape sequence");
}

TEST(ApacheExpression, GivesTheNamesThatItLooksUp) {
  std::string names;
  for (const auto& name :
       parse_expression("-q %{FOO} || bar('x') -baz %{qux:y} || 1 in List('z')").names)
    names += name.name + " ";
  EXPECT_EQ(names, "q FOO bar baz qux List ");
}

TEST(ApacheExpression, StringsHaveVariablesOnly) {
  EXPECT_EQ(parse_expression("/x/%{HTTP_HOST}'\" 100%", true).problem, "");
  EXPECT_EQ(parse_expression("/x/%{HTTP_HOST", true).problem, "Unterminated string or variable");
}

TEST(ApacheExpression, IsTotal) {
  EXPECT_EQ(problem(std::string(100'000, '(')), "");  // deeper than anybody judges
  std::string nested;
  for (int i = 0; i < 10'000; ++i) nested += "'%{x:";
  (void)parse_expression(nested);
  EXPECT_EQ(problem(std::string(100'000, '!') + "true"), "");
  for (int c = 0; c < 256; ++c) (void)parse_expression(std::string(3, static_cast<char>(c)));
}

}  // namespace
}  // namespace stackaudit::syntax::apache

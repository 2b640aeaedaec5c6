// Patterns as the servers compile them: flags, messages, and the bound on work.
#include "text/regex.hpp"

#include <gtest/gtest.h>

namespace stackaudit::text {
namespace {

TEST(Regex, FitsAnywhere) {
  EXPECT_EQ(Regex("b+").matches("abbc"), true);
  EXPECT_EQ(Regex("^b").matches("abbc"), false);
  EXPECT_EQ(Regex("").matches(""), true);
}

TEST(Regex, SaysWhyItDoesNotCompile) {
  const Regex regex("a(b");
  EXPECT_FALSE(regex.compiled());
  EXPECT_EQ(regex.message(), "missing closing parenthesis");
  EXPECT_EQ(regex.offset(), 3U);
  EXPECT_EQ(regex.matches("ab"), std::nullopt);
  EXPECT_EQ(regex.groups(), 0U);
}

TEST(Regex, TakesFlags) {
  EXPECT_EQ(Regex("A", Regex::kCaseless).matches("a"), true);
  EXPECT_EQ(Regex("a.b", Regex::kHttpd).matches("a\nb"), true);
  EXPECT_EQ(Regex("a$", Regex::kHttpd).matches("a\n"), false);
  EXPECT_EQ(Regex("a$").matches("a\n"), true);
}

TEST(Regex, CountsGroups) {
  EXPECT_EQ(Regex("(a)(?:b)(?<n>c)").groups(), 2U);
}

TEST(Regex, Captures) {
  using Found = std::vector<std::string_view>;
  EXPECT_EQ(Regex("^/d/(.*)\\.(x)?y$").capture("/d/a.y"), (Found{"/d/a.y", "a"}));
  EXPECT_EQ(Regex("(x)?(b)").capture("ab"), (Found{"b", "", "b"}));
  EXPECT_EQ(Regex("c").capture("ab"), Found{});
  EXPECT_EQ(Regex("(c").capture("ab"), std::nullopt);
}

TEST(Regex, GivesUpWhereTheAnswerWouldTakeTooLong) {
  EXPECT_EQ(Regex("(a+)+$").matches(std::string(40, 'a') + "b"), std::nullopt);
}

TEST(Regex, TakesAnyBytes) {
  for (int c = 0; c < 256; ++c) {
    const std::string text(3, static_cast<char>(c));
    (void)Regex(text).matches(text);
  }
}

}  // namespace
TEST(Regex, ReplacesAsPhpDoes) {
  const auto replaced = [](std::string_view pattern, std::string_view text, std::string_view by) {
    return Regex(pattern).replaced(text, by).value_or("none");
  };
  EXPECT_EQ(replaced("(?<!^)[A-Z]", "HealthCheck", "-$0"), "Health-Check");
  EXPECT_EQ(replaced("(a)(b)", "xaby", "\\2${1}1"), "xba1y");
  EXPECT_EQ(replaced("a", "aaa", "$"), "$$$");
  EXPECT_EQ(replaced("a", "cost", "b"), "cost");
  EXPECT_EQ(replaced("(a)|b", "b", "[$1]"), "[]");
  EXPECT_EQ(replaced("(", "b", ""), "none");
  EXPECT_EQ(replaced("a", std::string(70000, 'a'), "aa"), "none");
}

}  // namespace stackaudit::text

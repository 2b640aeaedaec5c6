// Each case shows a piece of an envvars file and the whole dump of it.
#include "syntax/shell/shell.hpp"

#include "syntax/shell/simple_commands.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::shell {
namespace {

std::string statements(std::string_view text) {
  return dump(parse(text, text::FileId{0}).statements);
}

std::string problems(std::string_view text) {
  std::string out;
  for (const auto& problem : parse(text, text::FileId{0}).problems)
    out += std::to_string(problem.span.begin) + " " + problem.message + "\n";
  return out;
}

TEST(Shell, MistakesAreReportedAndPassedOver) {
  EXPECT_EQ(problems("A='b\nC=d\n"), "2 Syntax error: Unterminated quoted string\n");
  EXPECT_EQ(problems("fi\nA=b"), "0 Syntax error: \"fi\" unexpected\n");
  EXPECT_EQ(statements("fi\nA=b"), "A='b'");
  EXPECT_EQ(problems("if [ -f x ]; then A=b\n"),
            "0 Syntax error: end of file unexpected (expecting \"fi\")\n");
  EXPECT_EQ(problems("if true; then # A=b\nfi\n"), "20 Syntax error: \"fi\" unexpected\n");
  EXPECT_EQ(problems("if true; then\n\nelse\n  A=b\nfi\n"),
            "15 Syntax error: \"else\" unexpected\n");
  EXPECT_EQ(problems("if true; then A=b; else\nfi\n"), "24 Syntax error: \"fi\" unexpected\n");
  EXPECT_EQ(problems("if true; then (cd /); fi\nif true; then >x; else :; fi\n"), "");
}

TEST(Shell, AssignmentsExportsAndUnset) {
  EXPECT_EQ(statements("A=b C='d e'\nexport E=\"f $A\" G\nunset HOME # why\n"),
            "A='b'; C='d e'; E='f '$A; export E; export G; unset HOME");
  EXPECT_EQ(statements("A=/run/x$SUFFIX/a.pid"), "A='/run/x'$SUFFIX'/a.pid'");
  EXPECT_EQ(statements("SUFFIX="), "SUFFIX=");
  EXPECT_EQ(statements("A=b\\ c"), "A='b c'");
}

TEST(Shell, Expansions) {
  EXPECT_EQ(statements("A=${B} C=${D:-x${E}} F=\"${G##/etc/a-}\" H=$(id -u) I=`date`"),
            "A=$B; C=${D:-'x'$E}; F=''${G##'/etc/a-'}; H=?$(id -u)?; I=?`date`?");
}

TEST(Shell, TheConditionOfDebiansFile) {
  EXPECT_EQ(
      statements("if [ \"${C##/etc/a-}\" != \"${C}\" ] ; then\n\tS=\"-x\"\nelse\n\tS=\nfi\nT=1"),
      "if '[' ''${C##'/etc/a-'} '!=' ''$C ']' { S='-x' } else { S= }; T='1'");
  EXPECT_EQ(statements("[ -r /etc/x ] && . /etc/x"), "if '[' '-r' '/etc/x' ']' { . '/etc/x' }");
  EXPECT_EQ(statements("if a; then B=1; elif c; then B=2; else B=3; fi; D=4"),
            "if 'a' { B='1' } else { if 'c' { B='2' } else { B='3' } }; D='4'");
}

TEST(Shell, WhatIsNotFollowedNamesTheVariablesItMayChange) {
  EXPECT_EQ(statements("case $A in\n b) C=1;;\n *) D=2;;\nesac\nE=3"), "unknown C D; E='3'");
  EXPECT_EQ(statements("f() {\n G=1\n}\nH=2"), "unknown G; H='2'");
  EXPECT_EQ(statements("ulimit -n 8192 > /dev/null; A=1"), "run 'ulimit' '-n' '8192'; A='1'");
}

std::string simple(std::string_view text) {
  std::string result;
  SimpleCommands commands(text);
  while (const auto each = commands.next()) {
    for (const auto& word : each->words)
      result += (word.expanded ? "$" : "") + std::string("[") + word.text + "]";
    result += each->ends_line ? "/" : ";";
  }
  return result;
}

TEST(SimpleCommands, WordsWithoutTheirQuotes) {
  EXPECT_EQ(simple("a 'b c' \"d e\"f \\g # h\ni"), "[a][b c][d ef][g]/[i];");
  EXPECT_EQ(simple("a;b&&c|(d)"), "[a];[b];[c];[d];");
  EXPECT_EQ(simple("a \\\n b"), "[a][b];");
  EXPECT_EQ(simple("a $b \"$c\" '$d' *.e"), "[a]$[$b]$[$c][$d]$[*.e];");
}

TEST(SimpleCommands, RedirectionsAndDocumentsAreLeftOut) {
  EXPECT_EQ(simple("a >f 2>&1 b <g 2>h"), "[a][b];");
  EXPECT_EQ(simple("a <<X b\nc\n\tX\nX\nd"), "[a][b]/[d];");
  EXPECT_EQ(simple("a <<-'X'\nc\n\tX\nd"), "[a]/[d];");
}

TEST(SimpleCommands, SubstitutionsAreOneWord) {
  const std::string_view text = "a \"$(b 'c' $(d))\" `e`";
  SimpleCommands commands(text);
  const auto one = commands.next();
  ASSERT_TRUE(one && one->words.size() == 3);
  ASSERT_EQ(one->words[1].inner.size(), 1U);
  const auto [begin, end] = one->words[1].inner[0];
  EXPECT_EQ(text.substr(begin, end - begin), "b 'c' $(d)");
  EXPECT_EQ(simple("a $((1 + 2)) $(b"), "[a]$[$((1 + 2))]$[$(b];");
}

}  // namespace
}  // namespace stackaudit::syntax::shell

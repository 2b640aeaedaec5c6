// Each case shows a piece of an envvars file and the whole dump of it.
#include "syntax/shell/shell.hpp"

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
}

TEST(Shell, AssignmentsExportsAndUnset) {
  EXPECT_EQ(statements("A=b C='d e'\nexport E=\"f $A\" G\nunset HOME # why\n"),
            "A='b'; C='d e'; E='f '$A; export G; unset HOME");
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

}  // namespace
}  // namespace stackaudit::syntax::shell

// Names that PHP code declares, uses and asks for, and which uses run whenever the file does.
#include "stack/php/slips.hpp"
#include "stack/php/symbols.hpp"
#include "syntax/php/php.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

// "kind:name" of all uses, with a "?" where the code may not run, "??" where a condition decides.
std::string uses(const std::string& code, const Finals& finals = {}) {
  const auto text = "<?php " + code;
  const auto parsed = syntax::php::parse(text, text::FileId::none);
  std::string out;
  for (const auto& use : uses_of(parsed.ast, text, finals)) {
    const auto& node = parsed.ast[use.id];
    out += (out.empty() ? "" : " ") + std::string(1, use.kind) + ":" +
           text.substr(node.begin, node.end - node.begin) +
           (use.certain       ? ""
            : use.conditional ? "??"
                              : "?");
  }
  return out;
}

TEST(PhpSymbols, UsesAndWhatTheyDependOn) {
  EXPECT_EQ(uses("f(A); new K;"), "c:A f:f k:K");
  EXPECT_EQ(uses("if (f()) g(); A && h();"), "f:f f:g?? c:A f:h??");
  EXPECT_EQ(uses("function u() { f(); } $c = fn() => g();"), "f:f? f:g?");
  EXPECT_EQ(uses("if ($x) return; f();"), "f:f??");
  EXPECT_EQ(uses("try { f(); } catch (Error $e) {}"), "");
  EXPECT_EQ(uses("if (PHP_VERSION_ID < 80000) f();"), "c:PHP_VERSION_ID");
  EXPECT_EQ(
      uses("A::B; A::f(); A::class; $a->f(); $a instanceof B; class C extends D { const E = 1; }"),
      "k:A k:A");
  EXPECT_EQ(uses("usort($a, 'g'); add_action('init', 'h'); add_action('x', 'i');"),
            "f:usort b:'g' f:add_action b:'h' f:add_action b:'i'?");
  EXPECT_EQ(uses("h(function () { return; }); f(); class C { function m() { if ($x) g(); } }"),
            "f:h f:f f:g??")
      << "a return of another function does not end this one";
}

TEST(PhpSymbols, CallbacksByTheirWholeNames) {
  EXPECT_EQ(uses("namespace N; usort($a, __NAMESPACE__ . '\\\\g'); usort($a, 'N\\h');"),
            "f:usort b:'\\\\g' f:usort b:'N\\h'");
  EXPECT_EQ(uses("usort($a, $n . '\\\\g'); usort($a, 'C::g');"), "f:usort f:usort w:'C::g'");
}

TEST(PhpSymbols, BehindAFunctionThatEndsTheScript) {
  const std::string text =
      "<?php function go(): never { exit; } function may() { if (x) return; exit; }";
  const auto final = symbols_of(syntax::php::parse(text, text::FileId::none).ast, text).final;
  ASSERT_EQ(final.size(), 1U);
  EXPECT_EQ(final[0], hash_of(kFunctionName, "go"));
  EXPECT_EQ(uses("if ($x) { go(); } f();", {final[0]}), "f:go?? f:f??");
  EXPECT_EQ(uses("function u() { go(); } f();", {final[0]}), "f:go? f:f");
}

TEST(PhpSymbols, Declarations) {
  const std::string text =
      "<?php function F() {} class A {} if (x) { function g() {} } class B {} "
      "function_exists('H');";
  const auto symbols = symbols_of(syntax::php::parse(text, text::FileId::none).ast, text);
  ASSERT_EQ(symbols.functions.size(), 1U);
  EXPECT_EQ(symbols.functions[0].name, "f");
  ASSERT_EQ(symbols.classes.size(), 1U)
      << "behind a condition that may end the file nothing is sure";
  const auto holds = [](const std::vector<NameHash>& all, char kind, std::string_view name) {
    return std::ranges::binary_search(all, hash_of(kind, name));
  };
  EXPECT_TRUE(holds(symbols.declared, kFunctionName, "G"));
  EXPECT_TRUE(holds(symbols.declared, kClassName, "b"));
  EXPECT_TRUE(holds(symbols.asked, kAskedName, "h"));
  EXPECT_TRUE(holds(symbols.constants, kConstantName, "x"));
  EXPECT_FALSE(holds(symbols.constants, kConstantName, "X"));
}

TEST(PhpSymbols, NamesOfPhp) {
  const auto names = php_names();
  EXPECT_EQ(names.functions.at("bcadd"), "bcmath");
  EXPECT_EQ(names.classes.at("imagick"), "imagick");
  EXPECT_EQ(names.gone.at("each"), 800);
  EXPECT_TRUE(names.constants.contains("PHP_EOL"));
}

TEST(PhpSymbols, FamiliesOfTwoPluginsAreNoSlips) {
  EXPECT_TRUE(is_of_other_family("wc_get_part", "bp_get_part"));
  EXPECT_FALSE(is_of_other_family("wp_get_prat", "wp_get_part"));
  EXPECT_FALSE(is_of_other_family("wpget_part", "wp_get_part"));
  EXPECT_FALSE(is_of_other_family("_edds_deprecated", "_edd_deprecated"));
}

}  // namespace
}  // namespace stackaudit::stack::php

// The PHP lexer and parser: whole trees and whole messages.
#include "syntax/php/php.hpp"

#include "syntax/php/lexer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::syntax::php {
namespace {

std::string tokens(std::string_view text) {
  std::string out;
  for (const auto& t : tokenize(text, {.short_open_tag = false, .keep_trivia = true})) {
    if (t.kind == kWhitespace) continue;
    if (!out.empty()) out += ' ';
    out += token_name(t.kind);
  }
  return out;
}

std::string tree(std::string_view code) {
  const auto text = "<?php " + std::string(code);
  const auto parsed = parse(text, text::FileId{0});
  if (!parsed.problems.empty()) return parsed.problems[0].message;
  return dump(parsed.ast, text);
}

// "line: message" of each problem.
std::string problems(std::string_view text, int version = 802) {
  std::string out;
  for (const auto& problem : parse(text, text::FileId{0}, {false, version, false}).problems) {
    const auto before = text.substr(0, problem.span.begin);
    out += std::to_string(1 + std::count(before.begin(), before.end(), '\n')) + ": " +
           problem.message + "\n";
  }
  return out;
}

TEST(PhpLexer, HtmlAndTags) {
  EXPECT_EQ(tokens("a <?php echo 1 ?>\n<b><?= $x ?> <? no"),
            "T_INLINE_HTML T_OPEN_TAG T_ECHO T_LNUMBER T_CLOSE_TAG T_INLINE_HTML "
            "T_OPEN_TAG_WITH_ECHO T_VARIABLE T_CLOSE_TAG T_INLINE_HTML");
  EXPECT_EQ(tokens("<?php // x ?> y"), "T_OPEN_TAG T_COMMENT T_CLOSE_TAG T_INLINE_HTML");
  EXPECT_EQ(tokenize("<? 1;", {.short_open_tag = true, .keep_trivia = false}).size(), 2U);
}

TEST(PhpCompiler, RefusesMembersTypesAndWrites) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"class A { public private $a; }", "Multiple access type modifiers are not allowed"},
      {"class A { public $a; static $a; }", "Cannot redeclare A::$a"},
      {"class A { const B = 1, B = 2; }", "Cannot redefine class constant A::B"},
      {"class A { readonly $a; }", "Readonly property A::$a must have type"},
      {"class A { static function __get($n) {} }", "Method A::__get() cannot be static"},
      {"class A { function __call($n) {} }", "Method A::__call() must take exactly 2 arguments"},
      {"enum A { case B = 1; }",
       "Case B of non-backed enum A must not have a value, try adding \": int\""},
      {"class A { function f() { class B {} } }", "Class declarations may not be nested"},
      {"function f(...$a, $b) {}", "Only the last parameter can be variadic"},
      {"function f(int $a = 'x') {}",
       "Cannot use string as default value for parameter $a of type int"},
      {"function f(): void { return 1; }", "A void function must not return a value"},
      {"function f(): void /* : */ { return 1; }", "A void function must not return a value"},
      {"class A { function __get(...$n) {} }", "Method A::__get() must take exactly 1 argument"},
      {"f() = 1;", "Can't use function return value in write context"},
      {"[, 'k' => $b] = $c;", "Cannot use empty array entries in keyed array assignment"},
      {"[$a, 'k' => $b] = $c;", "Cannot mix keyed and unkeyed array entries in assignments"},
      {"$a = $b[];", "Cannot use [] for reading"},
      {"f(a: 1, 2);", "Cannot use positional argument after named argument"},
      {"while (1) { break 2; }", "Cannot 'break' 2 levels"},
      {"goto a;", "'goto' to undefined label 'a'"},
      {"$f = function ($a) use ($a) {};", "Cannot use lexical variable $a as a parameter name"},
  };
  for (const auto& [code, said] : cases)
    EXPECT_EQ(problems("<?php " + std::string(code)), "1: " + std::string(said) + "\n") << code;
}

TEST(PhpCompiler, TakesSignsThatAreOfTheType) {
  EXPECT_EQ(problems("<?php class A { function __set($n, B&C $v) {} }"), "");
  EXPECT_EQ(problems("<?php class A { #[B('abstract')] function f() {} }"), "");
  EXPECT_EQ(problems("<?php class A { private(set) mixed $a; protected private(set) mixed $b;\n"
                     "function __construct(public private(set) mixed $c) {} }",
                     804),
            "");
}

TEST(PhpParser, TellsShortTagsThatBeginNoCode) {
  const auto told = [](std::string_view text, bool tell) {
    return parse(text, text::FileId{0}, {false, 802, tell}).problems.size();
  };
  EXPECT_EQ(told("<?\necho 1;", true), 1U);
  EXPECT_EQ(told("<p><? echo 1 ?> <? echo 2 ?>", true), 1U);
  EXPECT_EQ(told("<?xml version='1.0'?><?= 1 ?>", true), 0U);
  EXPECT_EQ(told("<?\necho 1;", false), 0U);
  EXPECT_EQ(told("<p><? of old ?> <?php echo 1;", true), 0U);
}

TEST(PhpLexer, Interpolation) {
  EXPECT_EQ(tokens("<?php \"a $b[0] $c->d {$e['f']} ${g}\";"),
            "T_OPEN_TAG \" T_ENCAPSED_AND_WHITESPACE T_VARIABLE [ T_NUM_STRING ] "
            "T_ENCAPSED_AND_WHITESPACE T_VARIABLE T_OBJECT_OPERATOR T_STRING "
            "T_ENCAPSED_AND_WHITESPACE T_CURLY_OPEN T_VARIABLE [ T_CONSTANT_ENCAPSED_STRING ] } "
            "T_ENCAPSED_AND_WHITESPACE T_DOLLAR_OPEN_CURLY_BRACES T_STRING_VARNAME } \" ;");
  EXPECT_EQ(tokens("<?php <<<A\n x $y\n  A . <<<'B'\n$z\nB;"),
            "T_OPEN_TAG T_START_HEREDOC T_ENCAPSED_AND_WHITESPACE T_VARIABLE "
            "T_ENCAPSED_AND_WHITESPACE T_END_HEREDOC . T_START_HEREDOC T_ENCAPSED_AND_WHITESPACE "
            "T_END_HEREDOC ;");
}

TEST(PhpLexer, HaltCompilerEndsTheCode) {
  EXPECT_EQ(tokens("<?php __halt_compiler(); <?php ("),
            "T_OPEN_TAG T_HALT_COMPILER ( ) ; T_INLINE_HTML");
}

TEST(PhpParser, Expressions) {
  EXPECT_EQ(tree("require ABSPATH . WPINC . '/x.php';"),
            "(block (expr (include T_REQUIRE (bin . (bin . ABSPATH WPINC) '/x.php'))))");
  EXPECT_EQ(tree("$a = @include 'b' or die;"),
            "(block (expr (assign = $a (silence @ (include T_INCLUDE (bin T_LOGICAL_OR 'b' "
            "(exit)))))))");
  EXPECT_EQ(tree("!$a = b() + -$c ** 2 . 'd';"),
            "(block (expr (unary ! (assign = $a (bin . (bin + (call b) (unary - (bin T_POW $c 2))) "
            "'d')))))");
  EXPECT_EQ(tree("A::$b->c(...)[1]::D;"),
            "(block (expr (cconst (index (mcall T_OBJECT_OPERATOR (sprop A $b) c (arg "
            "T_ELLIPSIS)) 1) D)))");
  EXPECT_EQ(tree("\"$a[b] {$c->d}\";"),
            "(block (expr (interp (index $a b)   (prop T_OBJECT_OPERATOR $c d))))");
}

TEST(PhpParser, Statements) {
  EXPECT_EQ(tree("if (a): b; elseif (c): else: d; endif;"),
            "(block (if a (block (expr b)) (if c (block) (block (expr d)))))");
  EXPECT_EQ(tree("if (a) b; else if (c) d; else e;"),
            "(block (if a (expr b) (if c (expr d) (expr e))))");
  EXPECT_EQ(tree("foreach (['a', 'b' => 1] as $k => $f) { require $f; }"),
            "(block (foreach T_DOUBLE_ARROW (array (item 'a') (item 'b' 1)) $k $f (block (expr "
            "(include T_REQUIRE $f)))))");
  EXPECT_EQ(tree("class A extends B { const C = 1; private ?int $d = 2; function e(A|B &...$f): "
                 "static { return; } }"),
            "(block (class A (const (constant C 1)) (props (assign = $d 2)) (method e (param $f) "
            "(block (return)))))");
}

TEST(PhpParser, AcceptsWhatPhpAccepts) {
  for (const auto* code :
       {"namespace A; use B\\{C, function d as e}; enum F: string implements G { case H = 'h'; }",
        "abstract class A { abstract function list(); use B { b as protected c; } }",
        "#[A(1), B] fn(int $x = 1,): ?array => match(true) { 1, 2 => 3, default => throw $x };",
        "switch ($a): case 1: break; default: endswitch; for (;;): endfor; while (0): endwhile;",
        "[$a, , [$b]] = list('x' => $c) = $d; static fn() => yield; new class(1) extends A {};",
        "$a?->b ?? $c ?\?= 1 <=> 2; goto x; x: echo `ls $a`; declare(ticks=1) { }",
        "f(...$b, a: 1); \\A\\b(); namespace\\c(); $$a['b']->{'c' . 1}(); new $a->b['c'](1);"})
    EXPECT_EQ(problems("<?php " + std::string(code)), "") << code;
}

TEST(PhpParser, NamesTheLineOfTheCause) {
  EXPECT_EQ(problems("<?php\ndefine('A', 'x );\ndefine('DB', 'y');\n"),
            "2: syntax error, unexpected identifier \"DB\", expecting \")\"\n");
  EXPECT_EQ(problems("<?php\n$a = 'x;\n\n"),
            "2: syntax error, unexpected string content \"'x;\"\n");
  EXPECT_EQ(problems("<?php\nfunction a() {\n  if (1) {\n}\nfunction b() {\n}\n"),
            "3: Unclosed '{'\n");
  EXPECT_EQ(problems("<?php\nif (a(1) {\n}\n"),
            "2: syntax error, unexpected token \"{\", expecting \")\"\n");
  EXPECT_EQ(problems("<?php\na([1);\n"), "2: Unclosed '[' does not match ')'\n");
  EXPECT_EQ(problems("<?php\n}\n"), "2: Unmatched '}'\n");
  EXPECT_EQ(problems("<?php\na();\n<<<<<<< HEAD\nb();\n=======\nc();\n>>>>>>> x\n"),
            "3: syntax error, a merge conflict was left in the file\n");
  EXPECT_EQ(problems("<?php\n/* a\nb();"), "2: Unterminated comment\n");
  EXPECT_EQ(problems("<?php\necho 1\necho 2;\necho 3\n}"),
            "2: syntax error, unexpected token \"echo\", expecting \";\"\n");
}

TEST(PhpParser, GoesOnAfterAnErrorWhereTheBracketsMatch) {
  EXPECT_EQ(problems("<?php\na(;);\nb();\nc(+);\n"),
            "2: syntax error, unexpected token \";\"\n"
            "4: syntax error, unexpected token \")\"\n");
}

TEST(PhpParser, FirstStatements) {
  EXPECT_EQ(problems("\xEF\xBB\xBF<?php\ndeclare(strict_types=1);"),
            "2: strict_types declaration must be the very first statement in the script\n");
  EXPECT_EQ(problems("\n<?php namespace A;"),
            "2: Namespace declaration statement has to be the very first statement or after any "
            "declare call in the script\n");
  EXPECT_EQ(problems("#!/usr/bin/php\n<?php declare(strict_types=1); namespace A;"), "");
}

TEST(PhpParser, KnowsTheVersion) {
  EXPECT_EQ(problems("<?php class A { const string B = ''; }", 802),
            "1: syntax error, unexpected identifier \"B\", expecting \"=\"\n");
  EXPECT_EQ(
      problems("<?php class A { const string B = ''; public private(set) int $c { get => 1; } }",
               804),
      "");
  EXPECT_EQ(problems("<?php new A()->b();", 804), "");
  EXPECT_EQ(problems("<?php $a = $b{0};", 704), "");
  EXPECT_EQ(problems("<?php if (isset($b['x']{1})) $c = $d instanceof static;"), "");
  EXPECT_NE(problems("<?php $a = $b{0};"), "");
}

TEST(PhpParser, IsBounded) {
  for (const auto* unit : {"(", "[", "{", "!", "if(1)", "\"{$a[", "$", "new ", "<<<A\n", "fn()=>",
                           "@include ", "$a=", "function f(){", "?", "match(1){1=>"}) {
    std::string text = "<?php ";
    for (int i = 0; i < 20'000; ++i) text += unit;
    EXPECT_FALSE(parse(text, text::FileId{0}).problems.empty()) << unit;
  }
  std::string chain = "<?php if(1){}";
  for (int i = 0; i < 20'000; ++i) chain += "else if(1){}";
  EXPECT_TRUE(parse(chain, text::FileId{0}).problems.empty());
}

TEST(PhpStrings, MeanWhatPhpMakesOfThem) {
  EXPECT_EQ(unquote(R"('it\'s \n')"), "it's \\n");
  EXPECT_EQ(unquote(R"("a\tb\x41\101\u{e9}\$")"), "a\tbAA\xC3\xA9$");
  EXPECT_EQ(unquote("b'x'"), "x");
}

// Each as php -l 8.2 says it.
TEST(PhpCompiler, RefusesWhatTheParserTakes) {
  const auto said = [](std::string_view code, int version = 802) {
    return problems("<?php " + std::string(code), version);
  };
  EXPECT_EQ(said("function f($a, $a) {}"), "1: Redefinition of parameter $a\n");
  EXPECT_EQ(said("fn($this) => 1;"), "1: Cannot use $this as parameter\n");
  EXPECT_EQ(said("function f() {}\nfunction F() {}"), "2: Cannot redeclare F()\n");
  EXPECT_EQ(said("class string {}"), "1: Cannot use 'string' as class name as it is reserved\n");
  EXPECT_EQ(said("class A { function f() { $this = 1; } }"), "1: Cannot re-assign $this\n");
  EXPECT_EQ(said("class A { function f() {} function F() {} }"), "1: Cannot redeclare A::F()\n");
  EXPECT_EQ(said("class A { function f(); }"), "1: Non-abstract method A::f() must contain body\n");
  EXPECT_EQ(said("interface A { function f() {} }"),
            "1: Interface function A::f() cannot contain body\n");
  EXPECT_EQ(said("abstract class A { abstract function f() {} }"),
            "1: Abstract function A::f() cannot contain body\n");
  EXPECT_EQ(said("switch (1) { default: default: }"),
            "1: Switch statements may only contain one default clause\n");
  EXPECT_EQ(said("class A { abstract function f(); }"),
            "1: Class A contains 1 abstract method and must therefore be declared abstract or "
            "implement the remaining methods (A::f)\n");
  for (const auto* code : {"class A { const X = g(); }", "class A { public $x = [1, 'a' => $b]; }",
                           "const X = f(1);", "function f($x = g()) {}",
                           "class A { public $x = 1 + f(); }", "function f() { static $a = g(); }"})
    EXPECT_EQ(said(code), "1: Constant expression contains invalid operations\n") << code;
  EXPECT_EQ(said("function f() { static $a = g(); }", 803), "");
}

TEST(PhpCompiler, TakesWhatPhpTakes) {
  for (const auto* code :
       {"if (1) { function f() {} } function f() {}", "class A {} class a {}",
        "trait T { abstract function f(); #[Pure] /* abstract */ function g() {} }",
        "namespace A { function f() {} } namespace B { function f() {} }",
        "namespace A; function f() {} namespace B; function f() {}",
        "function f() { static $a = [1], $b = new A, $c; }",
        "class A { const X = self::class . B::Y; public $z = E::X->value ?? -1; }",
        "abstract class A { #[X('class')] abstract protected function f(); }",
        "class A { public function abstract() {} }", "interface I { const A = 1; function f(); }",
        "$o = new class { function f() {} };", "function g(A $x = new A(1)) { $that = $this; }",
        "enum E: string { case A = 'a'; const B = self::A; }"})
    EXPECT_EQ(problems("<?php " + std::string(code)), "") << code;
}

// What a hostile text costs is bounded by what was built of it, not by a clock.
TEST(PhpHostile, NestingEndsTheCheckAndBuildsNoMore) {
  for (const auto* opening : {"(", "[", "{", "!", "array(", "if(1)", "\"{$a[", "fn()=>", "$"}) {
    std::string text = "<?php ";
    while (text.size() < 1'000'000) text += opening;
    const auto parsed = parse(text, text::FileId{0});
    EXPECT_LE(parsed.problems.size(), kMaxProblems) << opening;
    EXPECT_LT(parsed.ast.nodes.size(), 20U * kMaxNesting) << opening;
  }
  const auto parsed = parse("<?php " + std::string(10'000'000, '('), text::FileId{0});
  EXPECT_LT(parsed.ast.nodes.size(), 20U * kMaxNesting);
}

TEST(PhpHostile, HeredocsAreReadEachOnce) {
  constexpr std::size_t kHeredocs = 100'000;
  std::string text = "<?php\n";
  for (std::size_t i = 0; i < kHeredocs; ++i) text += "$a = <<<X\n t $b\nX;\n";
  const auto parsed = parse(text, text::FileId{0});
  EXPECT_TRUE(parsed.problems.empty());
  EXPECT_EQ(std::ranges::count(parsed.ast.nodes, NodeKind::interpolated, &Node::kind),
            static_cast<std::ptrdiff_t>(kHeredocs));
  EXPECT_LT(parsed.ast.nodes.size(), 10 * kHeredocs);
}

}  // namespace
}  // namespace stackaudit::syntax::php

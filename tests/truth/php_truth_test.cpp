// The real php is asked: does it refuse this text, and where; how does it split it. stackaudit must
// have said the same from the files alone.
#include "support/process.hpp"
#include "syntax/php/lexer.hpp"
#include "syntax/php/php.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace stackaudit {
namespace {

namespace php = syntax::php;

const std::vector<std::string> kQuiet{"php",          "-d", "display_errors=1", "-d",
                                      "log_errors=0", "-d", "html_errors=0"};

test::Output run_php(std::vector<std::string> arguments) {
  auto command = kQuiet;
  command.insert(command.end(), arguments.begin(), arguments.end());
  return test::run(command);
}

int php_version() {
  const auto out = test::run({"php", "-r", "echo PHP_MAJOR_VERSION*100+PHP_MINOR_VERSION;"});
  return std::stoi(out.out);
}

// Every text is accepted or refused by both; 0 means accepted, else the line of the cause.
struct Verdict {
  const char* code;
  int line;
};

const std::vector<Verdict> kVerdicts{
    {"<?php echo 1", 1},
    {"<?php echo 1 ?>", 0},
    {"plain text <b>", 0},
    {"<?php\ndefine('A', 'x );\ndefine('DB', 'y');", 2},
    {"<?php\n$a = 'x;\n\n", 2},
    {"<?php\n$a = \"x $b;\n\n", 2},
    {"<?php\nfunction a() {\n  if (1) {\n}\n", 3},
    {"<?php\nclass A {\n  function a() {\n  public function b() {}\n}", 4},
    {"<?php\nif (a(1) {\n}\n", 2},
    {"<?php\n\na([1);\n", 3},
    {"<?php\n}\n", 2},
    {"<?php\na();\n<<<<<<< HEAD\nb();\n=======\nc();\n>>>>>>> x\n", 3},
    {"<?php\n/* a\nb();", 2},
    {"<?php\n$x = 1\n$y = 2;", 2},
    {"\xEF\xBB\xBF<?php\ndeclare(strict_types=1);", 2},
    {"\n<?php\nnamespace A;", 3},
    {"\xEF\xBB\xBF<?php\necho 1;", 0},
    {"<?php declare(strict_types=1); namespace A { const B = 1; } namespace C { }", 0},
    {"<?php $a = <<<X\n  a\n b\n  X;", 3},
    {"<?php $a = <<<X\n  a $b[0] {$c->d}\n  X . <<<'Y'\nY;", 0},
    {"<?php $a = 1 ? 2 : 3 ? 4 : 5;", 1},
    {"<?php $a = 1 ?: 2 ?: 3; $b = 1 ? (2 ? 3 : 4) : 5;", 0},
    {"<?php 1 == 2 == 3;", 1},
    {"<?php break;", 1},
    {"<?php $x = new readonly class { };", 1},
    {"<?php while (1) { switch (2) { case 3: continue 2; } }", 0},
    {"<?php if (1): elseif (2): else: endif; foreach ([] as ['a' => $a, 'b' => $b]): endforeach;",
     0},
    {"<?php if (1) function f() {}", 1},
    {"<?php $f = fn(int|string $x, ...$y): ?array => [...$y, 'a' => $x]; f(...);", 0},
    {"<?php enum A: string { case B = 'b'; const C = self::B; public function d() {} }", 0},
    {"<?php final class A extends B implements C, D { use E { f as private g; } }", 0},
    {"<?php class A extends B, C {}", 1},
    {"<?php class A { public readonly int $a; abstract function b(); }", 1},
    {"<?php echo match(true) { 1, 2 => 3, default => throw new A };", 0},
    {"<?php list('a' => $a, 'b' => list($b)) = $c; [, $d] = $e; unset($a[0], $b->c);", 0},
    {"<?php unset(a);", 1},
    {"<?php $a->b::C[0]::$d->{'e'}(...)?->f; new (a . b)(1); new class(1) extends A {};", 0},
    {"<?php try { } catch (A | B) { } finally { } goto a; a: ;", 0},
    {"<?php 089;", 1},
    {"<?php echo 0x1F + 0b11 + 0o17 + 1_000.5e3;", 0},
    {"<?php \"\\u{110000}\";", 1},
    {"<?php __halt_compiler(); ) } ]", 0},
    {"<?php include 'a' . 'b' or die; print 1 and 2; $a = $b and $c;", 0},
    {"<?php namespace\\a(); \\A\\B::c(); use A\\{B, C as D}; use function a\\b;", 0},
    {"<?php `ls $a`; $$a; ${'b' . 1}; \"${c} ${d[1]} {$e['f']}\";", 0},
    {"<?= $a ?> <?php switch (1): ?>\n<?php case 1: endswitch ?>", 0},
    {"<?php\nreturn [\n  'a' => 1\n  'b' => 2,\n];", 4},
    {"<?php class CMo { public public $a; }", 1},
    {"<?php class CMa { public private function f() {} }", 1},
    {"<?php abstract final class CAf {}", 1},
    {"<?php interface IPr { public $a; }", 1},
    {"<?php class CEs extends self {}", 1},
    {"<?php $x = $y[];", 1},
    {"<?php f_x() = 1;", 1},
    {"<?php list() = $x;", 1},
    {"<?php [$a, 'k' => $b] = $x;", 1},
    {"<?php isset(f_x() + 1);", 1},
    {"<?php goto nowhere_l;", 1},
    {"<?php lab_a: lab_a: ;", 1},
    {"<?php $x = match (1) { default => 1, default => 2 };", 1},
    {"<?php function f_v(): void { return 1; }", 1},
    {"<?php function f_n(): never { return; }", 1},
    {"<?php function f_vp(void $a) {}", 1},
    {"<?php function f_nm(?mixed $a) {}", 1},
    {"<?php function f_u(int|INT $a) {}", 1},
    {"<?php function f_d(int $a = 'x') {}", 1},
    {"<?php function f_vd(...$a = []) {}", 1},
    {"<?php function f_vf(...$a, $b) {}", 1},
    {"<?php function f_g() { global $this; }", 1},
    {"<?php $f = function ($a) use ($a) {};", 1},
    {"<?php $f = function () use ($this) {};", 1},
    {"<?php $f = function () use ($a, $a) {};", 1},
    {"<?php function f_sg($_GET) {}", 1},
    {"<?php f_x(a: 1, 2);", 1},
    {"<?php f_x(...$a, 2);", 1},
    {"<?php class CN { const A = new B; }", 1},
    {"<?php class CRo { public readonly $a; }", 1},
    {"<?php class CRd { public readonly int $a = 1; }", 1},
    {"<?php class CSr { static readonly int $a; }", 1},
    {"<?php function f_pp(public $a) {}", 1},
    {"<?php interface ICp { function __construct(public int $a); }", 1},
    {"<?php abstract class CPa { abstract function __construct(private $a); }", 1},
    {"<?php function __autoload($c) {}", 1},
    {"<?php if (X) { function __autoload($c) {} }", 1},
    {"<?php namespace A; function __autoload($c) {}", 0},
    {"<?php $a = <<<X\n  a\n\tb\n\tX;", 2},
    {"<?php $a = <<<X\n\ta\n  b\n  X;", 2},
    {"<?php $a = <<<X\n\t a\n\tX;", 0},
    {"<?php class CPv { function __construct(public ...$a) {} }", 1},
    {"<?php enum EP { public $a; }", 1},
    {"<?php enum EV { case A = 1; }", 1},
    {"<?php enum EN: int { case A; }", 1},
    {"<?php enum EF: float { case A = 1.0; }", 1},
    {"<?php class CCa { case A; }", 1},
    {"<?php enum ET { case A; case A; }", 1},
    {"<?php $a?->b = 1;", 1},
    {"<?php $x = &$a?->b;", 1},
    {"<?php while (1) { break 2; }", 1},
    {"<?php while (1) { break 0; }", 1},
    {"<?php while (1) { break $n; }", 1},
    {"<?php declare(ticks=$x);", 1},
    {"<?php class CMs { static function __construct() {} }", 1},
    {"<?php class CMc { function __call($a) {} }", 1},
    {"<?php class CMg { static function __get($a) {} }", 1},
    {"<?php class CCr { function __construct(): int {} }", 1},
    {"<?php [...$a] = $x;", 1},
    {"<?php foreach ($x as $this) {}", 1},
    {"<?php try {} catch (E $this) {}", 1},
    {"<?php class CCc { const class = 1; }", 1},
    {"<?php new C(...);", 1},
    {"<?php abstract class CAp { abstract $a; }", 1},
    {"<?php class CFp { final private const A = 1; }", 1},
    {"<?php class CSc { static const A = 1; }", 1},
    {"<?php $x = array(1,, 2);", 1},
    {"<?php #[AllowDynamicProperties] readonly class RA { public int $a; }", 1},
    {"<?php #[\\AllowDynamicProperties]\nfinal readonly class RB {}", 2},
    {"<?php #[AllowDynamicProperties] trait TA {}", 1},
    {"<?php #[AllowDynamicProperties] enum EAd { case A; }", 0},
    {"<?php function f_rv(): int { return; }", 1},
    {"<?php class RV { function f(): ?array { return; } }", 1},
    {"<?php $f = function () use (&$f): string { return; };", 1},
    {"<?php function f_rg(): iterable { if (1) return; yield 1; }", 0},
    {"<?php function f_rn(): int { $g = function () { return; }; return $g ? 1 : 2; }", 0},
    {"<?php function f_rs(): static { return; }", 1},
    {"<?php function f_ry($a = ['b' => 1]) { return; }", 0},
    {"<?php unset($this);", 1},
    {"<?php unset(f());", 1},
    {"<?php unset($a->f());", 1},
    {"<?php unset($a['b'], $this->c, $d);", 0},
    {"<?php yield 1;", 1},
    {"<?php function f_yi() { $x = yield 1; yield from [2]; return fn() => yield 3; }", 0},
    {"<?php class YC { const A = 1; function f() { foreach ([1] as $b) yield $b; } }", 0},
    {"<?php #[AllowDynamicProperties] class RC {} readonly class RD { public int $a; }", 0},
    {"<?php readonly class RE { public $a; }", 1},
    {"<?php readonly class RF { public static int $a; }", 1},
    {"<?php readonly class RG { function __construct(public $a) {} }", 1},
    {"<?php class RH { function __construct(public readonly $a) {} }", 1},
    {"<?php readonly class RI { function __construct(public int $a, string $b = '') {} }", 0},
    {"<?php class RJ { public $a; function __construct(public int $a) {} }", 1},
    {"<?php class RK { final $a; }", 1},
    {"<?php class RL { public ?callable $a; }", 1},
    {"<?php class RM { readonly function f() {} }", 1},
    {"<?php abstract class RN { final abstract function f(); }", 1},
    {"<?php abstract class RO { abstract private function f(); }", 1},
    {"<?php trait RP { abstract private function f(); }", 0},
    {"<?php interface RQ { private const A = 1; }", 1},
    {"<?php interface RR { use T; }", 1},
    {"<?php class RS { function __toString(): int { return 1; } }", 1},
    {"<?php class RT { function __toString(): string { return ''; } function __isset($a): bool { "
     "return true; } function __set($a, $b): void {} }",
     0},
    {"<?php class RU { function __isset($a): ?bool { return null; } }", 1},
    {"<?php class CP { public $a; private $a; }", 1},
    {"<?php class CC { const A = 1; const A = 2; }", 1},
    {"<?php class A { function f() { return new class { function g() {} }; } function h() { "
     "function k() { class Z {} } } }",
     0},
    {"<?php abstract class A { abstract protected static function f(int|string|null $a = null, "
     "?self ...$b): void; }",
     0},
    {"<?php list(, $a) = [1, 2]; ['a' => $a, 'b' => [$c]] = $d; foreach ($x as [, $e]) { } $a[][1] "
     "= 2; f($a[]);",
     0},
    {"<?php enum A: int { case B = 1; const C = self::B; public static function d(): static { "
     "return self::B; } }",
     0},
    {"<?php function f(): void { $g = function () { return 1; }; return; } function g(): never { "
     "throw new E; }",
     0},
    {"<?php class A { public function __construct(private readonly int $a = 1, protected ?B $b = "
     "null) {} public function __get($n) {} }",
     0},
    {"<?php f(...$a, ...$b, c: 1, d: 2); f(a: 1, b: 2); $a?->b; isset($a?->b, $a[0]->c); while (1) "
     "{ while (2) { break 2; } }",
     0},
    {"<?php a: goto b; function f() { goto a; a: ; } b: ;  foreach ($this as $a => $b) { }", 0},
    {"<?php function f(float $a = 1, ?int $b = null, array $c = [], string $d = A . \"x\", bool $e "
     "= true) { static $g = 1; global $h; }",
     0},
    {"<?php final class A { final public const B = 1; private const C = 2; static public ?int $d = "
     "1, $e; }",
     0},
    {"<?php $f = function ($a) use (&$b, $c,) { return fn($a) => $a; }; try { } catch (E $e) { } "
     "declare(ticks=1);",
     0},
};

TEST(PhpTruth, PhpRefusesTheSameTexts) {
  const test::TempDir directory;
  const int version = php_version();
  for (const auto& [code, line] : kVerdicts) {
    const auto file = directory.write("a.php", code);
    const auto asked = run_php({"-l", file});
    const auto parsed = php::parse(code, text::FileId{0}, {false, version, false});
    EXPECT_EQ(asked.status != 0, line != 0) << code << "\n" << asked.both();
    EXPECT_EQ(!parsed.problems.empty(), line != 0) << code;
    if (line == 0 || parsed.problems.empty()) continue;
    const auto before = std::string_view(code).substr(0, parsed.problems[0].span.begin);
    const auto mine = 1 + std::count(before.begin(), before.end(), '\n');
    EXPECT_EQ(mine, line) << code;
    std::smatch match;
    const auto said = asked.both();
    ASSERT_TRUE(
        std::regex_search(said, match, std::regex("on line (\\d+)\\s*$|on line (\\d+)\\n")));
    const auto theirs = std::stol(match[1].matched ? match[1] : match[2]);
    EXPECT_LE(mine, theirs) << code << "\n" << said;
  }
}

// Classes that PHP refuses when it declares them, some only when the text runs.
const std::vector<std::pair<std::string, bool>> kDeclared{
    {"class A implements Countable { function size() {} }", false},
    {"class A implements \\Countable { function Count(): int { return 0; } }", true},
    {"namespace N; class A implements \\JsonSerializable {}", false},
    {"namespace N; interface Countable {} class A implements Countable {}", true},
    {"abstract class A implements ArrayAccess {}", true},
    {"class A implements IteratorAggregate { function getIterator(): Iterator { return new "
     "ArrayIterator([]); } }",
     true},
    {"class A implements Iterator { function current(): mixed { return 1; } }", false},
    {"trait A { function x() {} } trait B { function X() {} } class C { use A, B; }", false},
    {"trait A { function x() {} } trait B { function x() {} } class C { use A, B; function x() {} "
     "}",
     true},
    {"trait A { function x() {} } trait B { abstract function x(); } class C { use A, B; }", true},
    {"trait A { function x() {} } trait B { function x() {} } class C { use A, B { A::x insteadof "
     "B; "
     "} }",
     true},
    {"class B { function f(array $a) {} } class C extends B { function f(string $a) {} }", false},
    {"class B { function f(array $a) {} } class C extends B { function f(iterable $a) {} }", true},
    {"class B { function f(int $a) {} } class C extends B { function f(int|string $a) {} }", true},
    {"class B { function f(int $a) {} } class C extends B { function f($a) {} }", true},
    {"class B { function f($a, $b) {} } class C extends B { function f($a) {} }", false},
    {"class B { function f($a, $b) {} } class C extends B { function f(...$a) {} }", true},
    {"class B { function f($a) {} } class C extends B { function f($a, $b) {} }", false},
    {"class B { function f($a) {} } class C extends B { function f($a, $b = 1) {} }", true},
    {"class B { function f($a) {} } class C extends B { function f($a = 1) {} }", true},
    {"class B { function f($a = 1) {} } class C extends B { function f($a) {} }", false},
    {"class B { function f(): int { return 1; } } class C extends B { function f() { return 1; } }",
     false},
    {"class B { function f(): int { return 1; } } class C extends B { function f(): string { "
     "return "
     "''; } }",
     false},
    {"class B { function f() {} } class C extends B { function f(): int { return 1; } }", true},
    {"class B { function f(): B { return $this; } } class C extends B { function f(): C { return "
     "$this; } }",
     true},
    {"class B { private function f(array $a) {} } class C extends B { function f(string $a) {} }",
     true},
    {"class B { function __construct(array $a) {} } class C extends B { function __construct() {} "
     "}",
     true},
    {"abstract class B { abstract function __construct(array $a); } class C extends B { function "
     "__construct() {} }",
     false},
    {"interface I { function f(array $a); } class C implements I { function f(string $a) {} }",
     false},
    {"class A { function f(int $a) {} } class B extends A {} class C extends B { function f(array "
     "$a) {} }",
     false},
    {"class B { static function f() {} } class C extends B { function f() {} }", false},
    {"class B { function f() {} } class C extends B { static function f() {} }", false},
    {"class B { function f() {} } class C extends B { protected function f() {} }", false},
    {"class B { protected function f() {} } class C extends B { public function f() {} }", true},
    {"class B { final function f() {} } class C extends B { function f() {} }", false},
    {"class B { private final function f() {} } class C extends B { function f() {} }", true},
    {"namespace M { class B { function f(int $a) {} } } namespace N { class B { function f(array "
     "$a) "
     "{} } class C extends B { function f(array $a) {} } }",
     true},
    {"namespace A { } namespace B;", false},
    {"namespace A; namespace B { }", false},
    {"namespace A { } echo 1;", false},
    {"namespace A { namespace B { } }", false},
    {"namespace A { } namespace { echo 1; }", true},
    {"declare(ticks=1); namespace A { } ?>\n", true},
    {"goto a; while (0) { a: ; }", false},
    {"while (0) { goto a; a: ; }", true},
    {"while (0) { goto a; } a: ;", true},
    {"foreach ([] as $x) { while (0) { goto a; } a: ; }", true},
    {"goto a; switch (1) { case 1: a: ; }", false},
    {"if (0) { a: ; } if (0) goto a;", true},
};

TEST(PhpTruth, PhpRefusesTheSameDeclarations) {
  const test::TempDir directory;
  const int version = php_version();
  for (const auto& [code, fine] : kDeclared) {
    const auto text = "<?php\n" + code;
    const auto ran = run_php({directory.write("a.php", text)});
    EXPECT_EQ(ran.both().find("Fatal error") == std::string::npos, fine) << code << ran.both();
    const auto parsed = php::parse(text, text::FileId{0}, {false, version, false});
    EXPECT_EQ(parsed.problems.empty(), fine)
        << code << (parsed.problems.empty() ? "" : parsed.problems[0].message);
    if (parsed.problems.empty() || code.starts_with("trait")) continue;
    const auto said = parsed.problems[0].message.substr(0, 6);
    EXPECT_NE(ran.both().find(said), std::string::npos) << ran.both() << parsed.problems[0].message;
  }
}

std::vector<std::string> php_files() {
  std::vector<std::string> files;
  constexpr std::size_t kMost = 3000;
  for (const auto* root : {"/usr/share", "/usr/lib", "/var/www", "/srv"}) {
    std::error_code error;
    auto walk = std::filesystem::recursive_directory_iterator(
        root, std::filesystem::directory_options::skip_permission_denied, error);
    for (; !error && walk != std::filesystem::recursive_directory_iterator(); walk.increment(error))
      if (walk->path().extension() == ".php" && walk->is_regular_file(error) &&
          files.size() < kMost)
        files.push_back(walk->path());
  }
  return files;
}

std::string my_tokens(const std::string& text) {
  std::string out;
  for (const auto& token : php::tokenize(text, {.short_open_tag = false, .keep_trivia = true})) {
    const auto name = php::token_name(token.kind);
    out += name + ' ' + std::to_string(token.end - token.begin) + '\n';
  }
  return out;
}

TEST(PhpTruth, TokensAreThoseOfTokenGetAll) {
  const test::TempDir directory;
  auto files = php_files();
  int number = 0;
  for (const auto& verdict : kVerdicts)
    files.push_back(directory.write("snippet" + std::to_string(number++) + ".php", verdict.code));
  std::string list;
  for (const auto& file : files) list += file + "\n";
  const auto names = directory.write("list", list);
  const auto script = directory.write("tokens.php", R"(<?php
foreach (file($argv[1], FILE_IGNORE_NEW_LINES) as $file) {
  $out = '';
  foreach (@token_get_all(file_get_contents($file)) as $t)
    $out .= is_array($t) ? token_name($t[0]) . ' ' . strlen($t[1]) . "\n" : "$t " . strlen($t) . "\n";
  echo md5(str_replace('T_PAAMAYIM_NEKUDOTAYIM', 'T_DOUBLE_COLON', $out)), "\n";
})");
  const auto theirs = run_php({"-d", "memory_limit=2G", "-d", "short_open_tag=0", script, names});
  // md5 is php's business: it hashes what this program found, too.
  std::string mine;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    mine += my_tokens(content.str());
    mine += '\0';
  }
  const auto found = directory.write("mine", mine);
  const auto hash = directory.write("hash.php", R"(<?php
foreach (array_slice(explode("\0", file_get_contents($argv[1])), 0, -1) as $part)
  echo md5($part), "\n";)");
  const auto hashed = run_php({"-d", "memory_limit=2G", hash, found});
  std::istringstream a(theirs.out), b(hashed.out);
  std::string left, right;
  for (const auto& file : files) {
    std::getline(a, left);
    std::getline(b, right);
    EXPECT_EQ(left, right) << file;
  }
}

}  // namespace
}  // namespace stackaudit

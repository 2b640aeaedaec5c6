// The real php is asked: does it refuse this text, and where; how does it split it. stackaudit must
// have said the same from the files alone.
#include "support/process.hpp"
#include "syntax/php/lexer.hpp"
#include "syntax/php/php.hpp"
#include "truth/php_verdicts.hpp"

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

TEST(PhpTruth, PhpRefusesInTheSameWords) {
  const test::TempDir directory;
  const int version = php_version();
  for (const auto& [code, said] : kRefusals) {
    const auto asked = run_php({"-l", directory.write("a.php", code)});
    EXPECT_NE(asked.both().find(std::string(said) + " in "), std::string::npos) << asked.both();
    const auto parsed = php::parse(code, text::FileId{0}, {false, version, false});
    ASSERT_FALSE(parsed.problems.empty()) << code;
    EXPECT_EQ(parsed.problems[0].message, said);
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
    {"class B { public function __construct() {} } class C extends B { private function "
     "__construct() {} }",
     true},
    {"interface I { function __construct(); } class C implements I { private function "
     "__construct() {} }",
     false},
    {"class B { final function __construct() {} } class C extends B { function __construct() {} }",
     false},
    {"class B { function f(): void {} } class C extends B { function f(): int { return 1; } }",
     false},
    {"class B { function f(): ?int { return 1; } } class C extends B { function f(): int { return "
     "1; } }",
     true},
    {"class B { function f(): int { return 1; } } class C extends B { function f(): ?int { return "
     "1; } }",
     false},
    {"class B { function f(int $a = null) {} } class C extends B { function f(?int $a) {} }",
     false},
    {"class B { function f(?int $a) {} } class C extends B { function f(int $a = null) {} }", true},
    {"class B { function f(?int $a) {} } class C extends B { function f(int $a) {} }", false},
    {"class B { function f(int|string $a) {} } class C extends B { function f(string|int|bool $a) "
     "{} }",
     true},
    {"class B { function f(&$a) {} } class C extends B { function f($a) {} }", false},
    {"class B { function f(array &$a) {} } class C extends B { function f(array & $b) {} }", true},
    {"class B { function &f() {} } class C extends B { function f() {} }", false},
    {"class B { function f() {} } class C extends B { function &f() {} }", true},
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

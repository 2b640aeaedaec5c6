// The real php runs an application that uses a name which is not there: does it end with an error.
// stackaudit must have said so from the files alone, and nothing where php goes through.
#include "stack/php/php.hpp"
#include "stack/php/symbols.hpp"
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit {
namespace {

struct Run {
  const char* code;  // of index.php; beside it lies f.php, which declares f()
  bool ends;         // with an error
};

const std::vector<Run> kRuns{
    {"class A { const B = 1; } A::B;", false},
    {"class A { const B = 1; } A::C;", true},
    {"class P { const C = 1; } class A extends P {} A::C;", false},
    {"interface I { const C = 1; } class A implements I {} A::C;", false},
    {"class A {} echo A::class;", false},
    {"enum E { case A; public static function f() {} } E::A; E::cases(); E::f();", false},
    {"enum E { case A; } E::B;", true},
    {"enum E: string { case A = 'a'; } E::from('a'); E::tryFrom('b');", false},
    {"class A { static function f() {} } A::f(); A::F();", false},
    {"class A { static function f() {} } A::g();", true},
    {"class A { static function __callStatic($n, $a) {} } A::g();", false},
    {"class A { function f() {} } A::f();", true},
    {"class A { function f() {} } $a = new A; $a->f();", false},
    {"class A { function f() {} } $a = new A; $a->g();", true},
    {"class A { function f() {} } $a = new A; $a = new ArrayObject; $a->count();", false},
    {"class A { function __call($n, $a) {} } $a = new A; $a->g();", false},
    {"trait T { function g() {} } class A { use T; } $a = new A; $a->g();", false},
    {"trait T { function f() {} } class A { use T { f as g; } } $a = new A; $a->g();", false},
    {"class A extends ArrayObject {} $a = new A; $a->count();", false},
    {"class P { function g() {} } class A extends P {} $a = new A; $a->g();", false},
    {"class A { function f() {} } try { A::g(); } catch (Error $e) {}", false},
    {"class A { function f() {} } $a = new A; if (method_exists($a, 'g')) $a->g();", false},
    {"namespace N; class A { const B = 1; } A::B; \\N\\A::B; namespace\\A::B;", false},
    {"namespace N; class A { const B = 1; } A::C;", true},
    {"array_map('trim', ['a']); usort($GLOBALS['argv'], 'strcmp');", false},
    {"function own($a) { return $a; } array_map('own', ['a']);", false},
    {"array_map('tirm', ['a']);", true},
    {"namespace N; function g() {} g(); call_user_func('N\\g');", false},
    {"namespace N; new \\ArrayObject;", false},
    {"namespace N; use ArrayObject; new ArrayObject;", false},
    {"define('APP_ROOT', 1); echo APP_ROOT;", false},
    {"define('APP_ROOT', 1); foreach (['HOST'] as $n) define(\"APP_$n\", 1); echo APP_HOST;",
     false},
    {"if (!defined('WP_CLI')) { return; } class C extends Other {} Other::f();", false},
    {"defined('OTHER_VERSION') || exit; class C extends Other {}", false},
    {"class A { function f() {} } call_user_func([new A, 'f']);", false},
    {"class A { function f() {} } call_user_func([new A, 'g']);", true},
    {"class A { function f() {} } $a = new A; call_user_func([$a, 'g']);", true},
    {"function handler() {} set_error_handler('handlr');", true},
    {"function load($c) {} spl_autoload_register('loads');", true},
    {"function finish() {} register_shutdown_function('finsh');", true},
    {"if (is_callable('nowhere')) array_map('nowhere', ['a']);", false},
    {"class A { static function f() {} } array_map(['A', 'g'], ['a']);", true},
    {"class A { static function f($a) {} } array_map(['A', 'f'], ['a']);", false},
    {"include __DIR__ . '/f.php'; include __DIR__ . '/f.php';", true},
    {"include __DIR__ . '/f.php'; include_once __DIR__ . '/f.php';", false},
    {"include_once __DIR__ . '/f.php'; include __DIR__ . '/f.php';", true},
    {"include_once __DIR__ . '/f.php'; include_once 'f.php'; require_once './f.php';", false},
    {"require __DIR__ . '/f.php' || die();", true},
    {"(require __DIR__ . '/f.php') || die();", false},
    {"require __DIR__ . '/f.php' or die();", true},
    {"require __DIR__ . '/f.php' and $x = 1;", true},
    {"(include __DIR__ . '/f.php') or die();", false},
    {"require __DIR__ + '/f.php';", true},
    {"$x = 'f.php'; require __DIR__ . '/' . $x ? '/f.php' : '/g.php';", true},
    {"$x = 'f.php'; require __DIR__ . '/' . ($x ? 'f.php' : 'g.php');", false},
    {"require _DIR_ . '/f.php';", true},
    {"require __dir__ . '/f.php';", false},
    {"require dir_name(__FILE__) . '/f.php';", true},
    {"require __DIR__ . DIRECTORY_SEPERATOR . 'f.php';", true},
    {"echo FILTER_SANITIZE_STRING;", false},
    {"abstract class A {} new A;", true},
    {"abstract class A {} class B extends A {} new B;", false},
    {"interface I {} new I();", true},
    {"enum E { case A; } new E;", true},
    {"final class A {} new A;", false},
    {"class A { function __construct($a, $b) {} } new A(1);", true},
    {"class A { function __construct($a, $b = 1, ...$c) {} } new A(1);", false},
    {"class A { function __construct($a = 1, $b) {} } @new A(1);", true},
    {"class A { function __construct($a) {} } class B extends A {} new B;", true},
    {"class A { function __construct($a) {} } class B extends A { function __construct() {} } new "
     "B;",
     false},
    {"class A { function __construct($a, $b = 2) {} } new A(b: 1, a: 2); new A(...[1]);", false},
    {"class A {} new A(1, 2);", false},
    {"function own($a, $b) {} own(1);", true},
    {"function own($a, $b = 1, ...$c) {} own(1); own(...[1, 2]); own(b: 2, a: 1);", false},
    {"class A { private function f() {} } $a = new A; $a->f();", true},
    {"class A { protected function f() {} } (new A)->f();", true},
    {"class P { private function f() {} } class A extends P {} $a = new A; $a->f();", true},
    {"class A { private function f() {} function __call($n, $g) {} } $a = new A; $a->f();", false},
    {"class A { private function f() {} } (function () { $this->f(); })->call(new A);", false},
    {"class A { private function f() {} } $f = fn ($a) => $a->f(); $f->bindTo(null, A::class)(new "
     "A);",
     false},
    {"trait T { function __construct($a) {} } class A { use T; } new A;", true},
    {"class P { static function g() {} } class A extends P { static function f() { parent::g(); } "
     "} "
     "A::f();",
     false},
    {"class A extends ArrayObject { function count(): int { return parent::count(); } } count(new "
     "A);",
     false},
    {"require __DIR__ . '/child.php'; require __DIR__ . '/base.php';", true},
    {"require __DIR__ . '/base.php'; require __DIR__ . '/child.php';", false},
    {"spl_autoload_register(function ($c) { require_once __DIR__ . '/base.php'; }); require "
     "__DIR__ "
     ". '/child.php'; require_once __DIR__ . '/base.php';",
     false},
    {"class A {} class B implements A {}", true},
    {"require __DIR__ . '/kinds.php'; class B implements Plain {}", true},
    {"require __DIR__ . '/kinds.php'; class B extends Plain {}", false},
    {"require __DIR__ . '/kinds.php'; class B extends Last {}", true},
    {"require __DIR__ . '/kinds.php'; class B extends Spoken {}", true},
    {"require __DIR__ . '/kinds.php'; class B implements Spoken {}", false},
    {"require __DIR__ . '/kinds.php'; interface B extends Spoken {}", false},
    {"require __DIR__ . '/kinds.php'; interface B extends Plain {}", true},
    {"require __DIR__ . '/kinds.php'; class B { use Said; }", false},
    {"require __DIR__ . '/kinds.php'; class B { use Plain; }", true},
    {"require __DIR__ . '/kinds.php'; class B extends Said {}", true},
    {"require __DIR__ . '/kinds.php'; class B extends One {}", true},
    {"use function Kinds\\slug; require __DIR__ . '/spaced.php'; slug('x');", false},
    {"use function Kinds\\slug as s; require __DIR__ . '/spaced.php'; s('x');", false},
    {"class A { static function f($a) {} } array_map('A::f', ['a']);", false},
    {"class A { static function f($a) {} } array_map('A::g', ['a']);", true},
    {"if (is_callable('Nowhere::f')) array_map('Nowhere::f', ['a']);", false},
    {"exit; nowhere();", false},
    {"if (1) { return; } mysql_connect();", false},
};

bool ends(const test::TempDir& home) {
  const auto out = test::run(
      {"sh", "-c",
       "cd " + home.path().string() + " && php -d display_errors=1 -d log_errors=0 index.php"});
  return out.out.find("Fatal error") != std::string::npos;
}

std::string ours(const test::TempDir& home) {
  const auto tree = tree::HostTree::open("/");
  text::SourceMap sources;
  facts::Store facts;
  stack::Survey survey(**tree, sources, facts);
  stack::read_php(survey, {{"php", home.path().string(), false}});
  std::string told;
  for (const auto& row : facts.rows<facts::SyntaxProblem>())
    if (row.severity == "error") told += row.message + "\n";
  for (const auto& row : facts.rows<facts::Reference>())
    if (row.state == "missing") told += row.as_written + " is missing\n";
  return told;
}

TEST(PhpNamesTruth, ProgramsThatEndAreForetold) {
  ASSERT_TRUE(test::installed("php"));
  for (const auto& run : kRuns) {
    const test::TempDir home;
    home.write("index.php", std::string("<?php\n") + run.code + "\n");
    home.write("f.php", "<?php\nfunction f() {}\n");
    home.write("base.php", "<?php\nabstract class Base {}\n");
    home.write("kinds.php",
               "<?php\nclass Plain {} final class Last {} interface Spoken {} trait Said {} enum "
               "One { case A; }\n");
    home.write("spaced.php", "<?php\nnamespace Kinds;\nfunction slug($s) { return $s; }\n");
    home.write("child.php", "<?php\nclass Child extends Base {}\n");
    EXPECT_EQ(ends(home), run.ends) << run.code;
    EXPECT_EQ(!ours(home).empty(), run.ends) << run.code << "\n" << ours(home);
  }
}

TEST(PhpNamesTruth, ConstantsThatPhpGaveUp) {
  ASSERT_TRUE(test::installed("php"));
  std::string code;
  for (const auto& [name, version] : stack::php::php_names().gone_constants)
    code += "if (defined('" + std::string(name) + "')) echo '" + std::string(name) + "';";
  EXPECT_EQ(test::run({"php", "-r", code}).out, "");
}

}  // namespace
}  // namespace stackaudit

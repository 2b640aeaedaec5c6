// The real php is asked which includes fail when an application runs. stackaudit must have said the
// same from the files alone.
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

namespace stackaudit {
namespace {

// An application, and what fails when php runs its index.php in its own directory.
struct Run {
  const char* code;
  const char* failing;  // "require /inc/x.php" for each, sorted, joined by ", "
};

const std::vector<Run> kRuns{
    {"require __DIR__ . '/inc/a.php';", ""},
    {"require __DIR__ . '/inc/b.php';", "require /inc/b.php"},
    {"include __DIR__ . '/inc/b.php'; include __DIR__ . '/inc/c.php';",
     "include /inc/b.php, include /inc/c.php"},
    {"@include __DIR__ . '/inc/b.php';", ""},
    {"const S = 'b'; switch (S) { case 'a': $f = 'a'; break; case 'b': $f = 'b'; break; } require "
     "__DIR__ . \"/inc/$f.php\";",
     "require /inc/b.php"},
    {"const S = 'a'; switch (S) { default: $f = 'b'; break; case 'a': $f = 'a'; break; } require "
     "__DIR__ . \"/inc/$f.php\";",
     ""},
    {"enum E: string { case A = 'a'; case B = 'b'; function f() { return __DIR__ . '/inc/' . "
     "$this->value . '.php'; } } require E::A->f();",
     ""},
    {"enum E: string { case A = 'a'; case B = 'b'; function f() { return __DIR__ . '/inc/' . "
     "$this->value . '.php'; } } require E::B->f();",
     "require /inc/b.php"},
    {"enum E { case A; case B; function f() { return match ($this) { self::A => 'a', self::B => "
     "'b' }; } } require __DIR__ . '/inc/' . E::A->f() . '.php';",
     ""},
    {"@require __DIR__ . '/inc/b.php';", "require /inc/b.php"},
    {"$load = static fn (string $f) => require __DIR__ . \"/inc/$f.php\"; $load('a');", ""},
    {"function p($p = '') { return __DIR__ . ($p !== '' ? DIRECTORY_SEPARATOR . $p : ''); } "
     "require "
     "p('inc/b.php');",
     "require /inc/b.php"},
    {"$load = static fn (string $f) => require __DIR__ . \"/inc/$f.php\"; $load('b');",
     "require /inc/b.php"},
    {"$l = ['inc' => ['a', 'b']]; if (PHP_SAPI == $_SERVER['argc']) $l['inc'][] = 'c'; foreach ($l "
     "as $d => $names) foreach ($names as $n) include __DIR__ . \"/$d/$n.php\";",
     "include /inc/b.php"},
    {"$l = ['x' => 1]; $l['inc']['first'] = 'b'; include __DIR__ . '/inc/' . $l['inc']['first'] . "
     "'.php';",
     "include /inc/b.php"},
    {"require __DIR__ . '/inc';", "require /inc"},
    {"require __DIR__ . '/none/../inc/a.php';", ""},
    {"require 'inc/a.php';", ""},
    {"require './inc/a.php';", ""},
    {"require './inc/b.php';", "require /inc/b.php"},
    {"require 'inc/up.php';", "require /sub.php"},
    {"chdir(__DIR__ . '/inc'); require './a.php';", ""},
    {"chdir('inc'); require './a.php';", ""},
    {"chdir('inc'); require 'a.php';", ""},
    {"$d = 'inc'; $d = __DIR__ . '/' . $d; $d = rtrim($d, '/') . '/'; define('D', $d); require D . "
     "'b.php';",
     "require /inc/b.php"},
    {"$p = explode('/', __DIR__ . '/x'); array_pop($p); define('D', implode('/', $p)); require D . "
     "'/inc/b.php';",
     "require /inc/b.php"},
    {"$c = new stdClass; $c->d = __DIR__; $c->l = $c->d . '/inc'; require $c->l . '/b.php';",
     "require /inc/b.php"},
    {"$e = substr(strrchr(__FILE__, '.'), 1); require __DIR__ . \"/inc/b.$e\";",
     "require /inc/b.php"},
    {"require strtr('{d}/inc/{f}', ['{d}' => __DIR__, '{f}' => 'b.php']);", "require /inc/b.php"},
    {"require __DIR__ . strstr('x/inc/b.php', '/');", "require /inc/b.php"},
    {"function load($f, $e = 'php') { require __DIR__ . \"/inc/$f.$e\"; } load(e: 'inc', f: 'a');",
     "require /inc/a.inc"},
    {"if (version_compare(PHP_VERSION, '5.3', '<')) { exit; } require __DIR__ . '/inc/b.php';",
     "require /inc/b.php"},
    {"define('ROOT', dirname(__FILE__)); require ROOT . '/inc/b.php';", "require /inc/b.php"},
    {"const INC = __DIR__ . '/inc'; require INC . 'a.php';", "require /inca.php"},
    {"$d = dirname(__DIR__ . '/x/y', 2); require \"$d/inc/b.php\";", "require /inc/b.php"},
    {"class A { const D = __DIR__ . '/inc'; static function f() { require self::D . '/b.php'; } } "
     "A::f();",
     "require /inc/b.php"},
    {"class A { private $d; function __construct() { $this->d = __DIR__; } function f() { require "
     "$this->d . '/inc/b.php'; } } (new A)->f();",
     "require /inc/b.php"},
    {"function path($f) { return __DIR__ . '/inc/' . $f; } require path('b.php');",
     "require /inc/b.php"},
    {"foreach (['a', 'b'] as $f) include __DIR__ . \"/inc/$f.php\";", "include /inc/b.php"},
    {"$l = ['x' => '/inc/b.php']; include __DIR__ . $l['x'];", "include /inc/b.php"},
    {"require sprintf('%s/inc/%s.php', __DIR__, 'b');", "require /inc/b.php"},
    {"require implode('/', [__DIR__, 'inc', 'b.php']);", "require /inc/b.php"},
    {"if (!is_file(__DIR__ . '/inc/b.php')) { return; } require __DIR__ . '/inc/b.php';", ""},
    {"if (false === file_exists(__DIR__ . '/inc/b.php')) { exit; } require __DIR__ . "
     "'/inc/b.php';",
     ""},
    {"$f = __DIR__ . '/inc/b.php'; $there = is_file($f); if ($there) require $f;", ""},
    {"require (is_file(__DIR__ . '/inc/b.php') ? __DIR__ . '/inc/b.php' : __DIR__ . "
     "'/inc/a.php');",
     ""},
    {"try { require __DIR__ . '/inc/b.php'; } catch (Throwable $e) { }", "require /inc/b.php"},
    {"try { @require __DIR__ . '/inc/b.php'; } catch (Throwable $e) { }", ""},
    {"try { @require __DIR__ . '/inc/b.php'; } catch (DomainException | \\Error) { }", ""},
    {"try { @require __DIR__ . '/inc/b.php'; } catch (ErrorException $e) { }",
     "require /inc/b.php"},
    {"function f($k) { static $v = null; $v ?\?= ['a' => 'a'] + ['a' => 'n', 'b' => 'b']; return "
     "__DIR__ . \"/inc/$v[$k].php\"; } require f('a'); require f('b');",
     "require /inc/b.php"},
    {"function f() { static $v; if ($v === null) { $v = __DIR__ . '/inc/b.php'; } return $v; } "
     "require f();",
     "require /inc/b.php"},
    {"class V { private static $d = ''; static function from($d) { self::$d = rtrim($d, '/'); } "
     "static function show($n) { include self::$d . \"/$n.php\"; } } V::from(__DIR__ . '/inc/'); "
     "V::show('a'); V::show('b');",
     "include /inc/b.php"},
    {"class A { function run() { $this->load('a'); $this->load('b'); } private function load($n) { "
     "include __DIR__ . \"/inc/$n.php\"; } } class B { function load($n) {} } (new A)->run();",
     "include /inc/b.php"},
    {"while (true) { if (1) break; require __DIR__ . '/inc/b.php'; }", ""},
    {"switch (1) { case 1: require __DIR__ . '/inc/a.php'; break; }", ""},
    {"$f = './inc'; $f .= '/b.php'; require $f;", "require /inc/b.php"},
    {"require (__DIR__) . '/link.php';", "require /link.php"},
    {"foreach (['inc' => 'a', 'lib' => 'b'] as $d => $f) include __DIR__ . \"/$d/$f.php\";",
     "include /lib/b.php"},
    {"foreach (['a' => true, 'b' => false, 'c' => true] as $f => $on) { if ($on) include __DIR__ . "
     "\"/inc/$f.php\"; }",
     "include /inc/c.php"},
    {"foreach ([['inc', 'a'], ['lib', 'b']] as [$d, $f]) include __DIR__ . \"/$d/$f.php\";",
     "include /lib/b.php"},
    {"foreach ([['f' => 'a'], ['f' => 'b']] as $row) include __DIR__ . '/inc/' . $row['f'] . "
     "'.php';",
     "include /inc/b.php"},
    {"$l = ['a', 'b']; for ($i = 0; $i < count($l); $i++) include __DIR__ . \"/inc/$l[$i].php\";",
     "include /inc/b.php"},
    {"$l = ['a', 'b']; while ($f = array_shift($l)) include __DIR__ . \"/inc/$f.php\";",
     "include /inc/b.php"},
    {"for ($i = 1; $i <= 2; $i++) include __DIR__ . \"/inc/b$i.php\";",
     "include /inc/b1.php, include /inc/b2.php"},
    {"const F = false; if (F) { require __DIR__ . '/inc/b.php'; }", ""},
    {"const F = true; if (!F) { require __DIR__ . '/inc/b.php'; }", ""},
    {"const F = false; $s = ['a' => F, 'b' => true]; if ($s['a']) require __DIR__ . '/inc/b.php'; "
     "if ($s['b']) include __DIR__ . '/inc/c.php';",
     "include /inc/c.php"},
    {"$s = ['a' => false]; $s['a'] = true; if ($s['a']) require __DIR__ . '/inc/b.php';",
     "require /inc/b.php"},
    {"foreach (array_map(fn($n) => __DIR__ . \"/inc/$n.php\", ['a', 'b']) as $f) include $f;",
     "include /inc/b.php"},
    {"function load($f) { include __DIR__ . \"/inc/$f.php\"; } load('a'); load('b');",
     "include /inc/b.php"},
    {"function load($f, $e = 'inc') { include __DIR__ . \"/inc/$f.$e\"; } load('a', 'php'); "
     "load('a');",
     "include /inc/a.inc"},
    {"function load(...$all) { foreach ($all as $f) include __DIR__ . \"/inc/$f.php\"; } load('a', "
     "'b');",
     "include /inc/b.php"},
    {"function load($f) { if (!is_file($f)) return; require $f; } load(__DIR__ . '/inc/b.php');",
     ""},
    {"function load($f) { include __DIR__ . \"/inc/$f.php\"; } foreach (['a', 'b'] as $n) "
     "load($n);",
     "include /inc/b.php"},
    {"$load = function ($f) { include __DIR__ . \"/inc/$f.php\"; }; $load('a'); $load('b');",
     "include /inc/b.php"},
    {"$path = fn($f) => __DIR__ . \"/inc/$f.php\"; include $path('b');", "include /inc/b.php"},
    {"class L { function __construct(private string $d) {} function f($n) { include $this->d . "
     "\"/$n.php\"; } } (new L(__DIR__ . '/inc'))->f('b');",
     "include /inc/b.php"},
    {"class L { private $d; function __construct($d) { $this->d = $d; } function f() { include "
     "$this->d . '/b.php'; } } (new L(__DIR__ . '/inc'))->f();",
     "include /inc/b.php"},
    {"trait T { function f($n) { include __DIR__ . \"/inc/$n.php\"; } } class C { use T; } (new "
     "C)->f('b');",
     "include /inc/b.php"},
    {"class C { static function f($n) { include __DIR__ . \"/inc/$n.php\"; } } C::f('b');",
     "include /inc/b.php"},
    {"require sprintf('%2$s/inc/%1$s.php', 'b', __DIR__);", "require /inc/b.php"},
    {"$p = pathinfo(__FILE__); require $p['dirname'] . '/inc/b.php';", "require /inc/b.php"},
    {"require substr(__FILE__, 0, -4) . '.inc';", "require /index.inc"},
    {"require __DIR__ . strtr('\\\\inc\\\\b.php', '\\\\', '/');", "require /inc/b.php"},
    {"if (strtoupper(substr(PHP_OS, 0, 3)) === 'WIN') require __DIR__ . '/inc/b.php';", ""},
    {"if (DIRECTORY_SEPARATOR === '\\\\') require __DIR__ . '/inc/b.php';", ""},
    {"require getcwd() . '/inc/b.php';", "require /inc/b.php"},
    {"require getcwd() . '/inc/a.php';", ""},
    {"class E { function __construct(public string $d = __DIR__ . '/in') {} } $e = new E(__DIR__ . "
     "'/inc'); require $e->d . '/a.php';",
     ""},
    {"define('WIN', stripos(PHP_OS, 'win') === 0); if (WIN) require __DIR__ . '/inc/b.php';", ""},
    {"$l = ['b', 'a']; $i = 0; $i++; include __DIR__ . \"/inc/$l[$i].php\";", ""},
    {"$l = ['b', 'a', 'a']; $i = 1; while ($i < count($l)) { include __DIR__ . '/inc/' . $l[$i++] "
     ". "
     "'.php'; }",
     ""},
    {"$l = ['a', 'b']; $i = 0; while ($i < 2) { include __DIR__ . \"/inc/$l[$i].php\"; $i++; }",
     "include /inc/b.php"},
    {"$l = ['b', 'a', 'c']; $i = 0; require __DIR__ . '/inc/' . $l[++$i] . '.php'; include __DIR__ "
     ". '/inc/' . $l[--$i] . '.php';",
     "include /inc/b.php"},
    {"$l = ['a', 'b']; $i = 0; require __DIR__ . '/inc/' . $l[$i++] . '.php'; require __DIR__ . "
     "'/inc/' . $l[$i++] . '.php';",
     "require /inc/b.php"},
    {"function load($d, $n) { include \"$d/$n.php\"; } function part($n) { load(__DIR__ . '/inc', "
     "$n); } function both($n) { part($n); } part('a'); both('b');",
     "include /inc/b.php"},
    {"function load($d, $n) { include \"$d/$n.php\"; } function part($n) { load(__DIR__ . '/inc', "
     "$n); } part('a');",
     ""},
    {"function load($f, $must = false) { if (!$must && !is_file($f)) return; include $f; } "
     "function "
     "part($n) { load(__DIR__ . \"/inc/$n.php\"); } part('b'); load(__DIR__ . '/inc/a.php', true);",
     ""},
    {"class R { private static $i = ['d' => '/none']; static function set($k, $v) { self::$i[$k] = "
     "$v; } static function get($k) { return self::$i[$k] ?? ''; } } R::set('d', __DIR__ . "
     "'/inc'); "
     "include R::get('d') . '/a.php'; include R::get('d') . '/b.php';",
     "include /inc/b.php"},
    {"$l = ['b', 'a']; for ($i = count($l) - 1; $i >= 0; $i--) include __DIR__ . "
     "\"/inc/$l[$i].php\";",
     "include /inc/b.php"},
    {"$l = ['b', 'a']; for ($i = count($l) - 1; $i > 0; $i--) include __DIR__ . "
     "\"/inc/$l[$i].php\";",
     ""},
    {"array_map(fn ($n) => $n === 'a' ? include __DIR__ . \"/inc/$n.php\" : 0, ['a', 'b']);", ""},
    {"foreach (['a', 'b'] as $n) define('F_' . strtoupper($n), __DIR__ . \"/inc/$n.php\"); include "
     "F_A; include F_B;",
     "include /inc/b.php"},
    {"class P { function __construct($d) { $this->d = $d; } function f() { include $this->d . "
     "'/b.php'; } public $d; } class C extends P { function __construct() { "
     "parent::__construct(__DIR__ . '/inc'); } } (new C)->f();",
     "include /inc/b.php"},
    {"require substr(__FILE__, 0, strrpos(__FILE__, '/')) . '/inc/b.php';", "require /inc/b.php"},
    {"[$v, $n] = explode('-', 'x-inc-a', 2); include __DIR__ . '/' . strtr($n, '-', '/') . '.php';",
     ""},
    {"$o = ['off' => false]; if (!empty($o['off'])) include __DIR__ . '/inc/b.php';", ""},
    {"function f($p) { switch ($p) { case 'x': case 'y': return 'b'; default: return 'a'; } } "
     "include __DIR__ . '/inc/' . f('y') . '.php'; include __DIR__ . '/inc/' . f('z') . '.php';",
     "include /inc/b.php"},
    {"function need($f) { if (!is_file($f)) throw new Exception($f); require $f; } try { "
     "need(__DIR__ . '/inc/b.php'); } catch (Exception $e) {}",
     ""},
};

std::string failing(const facts::Store& facts) {
  std::vector<std::string> found;
  for (const auto& row : facts.rows<facts::Reference>()) {
    const bool broken =
        row.state == "missing" || row.state == "dangling" || row.state == "wrong-type";
    if (broken && !row.guarded) found.push_back(row.kind + " " + row.resolved.substr(4));
  }
  std::ranges::sort(found);
  std::string out;
  for (const auto& one : found) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string failed(const std::string& output, const std::string& root) {
  std::vector<std::string> found;
  const std::regex pattern(
      "(require|include)(?:_once)?\\(([^\\n]*)\\): Failed to open stream|Failed opening required "
      "'([^']*)'");
  std::vector<std::string> lines;
  for (auto it = std::sregex_iterator(output.begin(), output.end(), pattern);
       it != std::sregex_iterator(); ++it) {
    const bool silent = !(*it)[1].matched;  // of a silenced require only the end is heard
    std::filesystem::path path((*it)[silent ? 3 : 2].str());
    if (path.is_relative()) path = root / path;
    auto name = path.lexically_normal().string();
    if (name.starts_with(root)) name.erase(0, root.size());
    const auto one = (silent ? "require" : (*it)[1].str()) + " " + name;
    if (std::ranges::find(found, one) == found.end()) found.push_back(one);
  }
  std::ranges::sort(found);
  std::string out;
  for (const auto& one : found) out += (out.empty() ? "" : ", ") + one;
  return out;
}

TEST(PhpRunsTruth, TheIncludesThatFailAreForetold) {
  for (const auto& [code, expected] : kRuns) {
    const test::TempDir directory;
    const auto index = directory.write("app/index.php", "<?php\n" + std::string(code));
    directory.write("app/inc/a.php", "<?php return 1;");
    directory.write("app/inc/up.php", "<?php require './sub.php';");
    std::filesystem::create_symlink("none.php", directory.path() / "app/link.php");
    directory.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");

    const auto root = (directory.path() / "app").string();
    const auto ran = test::run({"sh", "-c",
                                "cd " + root +
                                    " && php -n -d display_errors=1 -d log_errors=0 -d "
                                    "html_errors=0 -d include_path=.:/usr/share/php index.php"});
    EXPECT_EQ(failed(ran.both(), root), expected) << code << "\n" << ran.both();

    auto tree = tree::HostTree::open(directory.path());
    ASSERT_TRUE(tree);
    text::SourceMap sources;
    facts::Store facts;
    stack::Survey survey(**tree, sources, facts);
    const auto errors = stack::survey(survey, {{"/app/index.php"}, "php"});
    EXPECT_TRUE(errors.empty());
    EXPECT_EQ(failing(facts), expected) << code;
  }
}

}  // namespace
}  // namespace stackaudit

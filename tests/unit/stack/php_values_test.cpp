// What expressions of PHP are worth: lists, variables, properties, parameters, settings.
#include "support/php_lost.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

using test::lost;

TEST(PhpValues, Lists) {
  EXPECT_EQ(lost("[$d, $f] = [__DIR__ . '/inc', 'b.php']; require \"$d/$f\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("['f' => $f] = ['f' => 'b.php']; require __DIR__ . \"/$f\";"), "missing b.php");
  EXPECT_EQ(lost("foreach (array_merge(['a'], ['b']) as $f) require __DIR__ . \"/inc/$f.php\";"),
            "missing inc/b.php");
  EXPECT_EQ(
      lost("foreach (array_keys(['a' => 1, 'b' => 2]) as $f) require __DIR__ . \"/inc/$f.php\";"),
      "missing inc/b.php");
  EXPECT_EQ(lost("foreach (explode(',', 'a,b') as $f) require __DIR__ . \"/inc/$f.php\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("array_map(function ($f) { require __DIR__ . \"/inc/$f.php\"; }, ['a', 'b']);"),
            "missing inc/b.php");
}

// A list of alternatives is one of the two, as a text is: one of both files must be there.
TEST(PhpValues, ListsOfAlternatives) {
  for (const auto* test : {"getenv('X') === 'y'", "defined('X')"}) {
    const auto text = [&](const std::string& one, const std::string& other) {
      return lost("$f = " + std::string(test) + " ? '" + one + "' : '" + other +
                  "'; require __DIR__ . '/inc/' . $f;");
    };
    const auto list = [&](const std::string& one, const std::string& other) {
      return lost("$f = " + std::string(test) + " ? ['n' => ['" + one +
                  "'], 'x' => 1] : ['n' => ['" + other +
                  "'], 'x' => 2]; require __DIR__ . '/inc/' . $f['n'][0];");
    };
    EXPECT_EQ(list("b.php", "a.php"), text("b.php", "a.php")) << test;
    EXPECT_EQ(list("a.php", "b.php"), text("a.php", "b.php")) << test;
    EXPECT_EQ(list("b.php", "c.php"), text("b.php", "c.php")) << test;
  }
}

// null behind answers that are not known is none of a file's name; behind known ones it is.
TEST(PhpValues, NullAsTheLastAnswer) {
  const auto with = [](const std::string& first) {
    return lost("function theme($k) { if (isset($GLOBALS['t'][$k])) return " + first +
                "; return null; } require __DIR__ . '/inc/' . theme('x') . 'b.php';");
  };
  EXPECT_EQ(with("$GLOBALS['t'][$k]"), "dynamic ");
  EXPECT_EQ(with("'c/'"), "missing inc/b.php");
}

// A branch adds to a list: what is in it all the same is sure, what is added is not.
TEST(PhpValues, ListsThatABranchAddsTo) {
  const std::string loop =
      " foreach ($l as $d => $n) foreach ($n as $f) require __DIR__ . "
      "\"/$d/$f.php\";";
  EXPECT_EQ(lost("$l = ['inc' => ['a', 'b']]; if (f()) $l['inc'][] = 'a';" + loop),
            "missing inc/b.php");
  EXPECT_EQ(lost("$l = ['inc' => ['a']]; if (f()) $l['inc'][] = 'a';" + loop), "");
  for (const auto* branch : {"if (f())", "if (getenv('X'))", "if (isset($_GET['x']))"})
    EXPECT_EQ(lost("$l = ['inc' => ['a']]; " + std::string(branch) + " $l['inc'][] = 'b';" + loop),
              "missing inc/b.php guarded")
        << branch;
  EXPECT_EQ(lost("$l = []; if (f()) $l['inc'][] = 'b'; if ($l) require __DIR__ . '/inc/b.php';"
                 " else require __DIR__ . '/inc/a.php';"),
            lost("if (f()) require __DIR__ . '/inc/b.php'; else require __DIR__ . '/inc/a.php';"));
  EXPECT_EQ(lost("$f = fn ($n) => require __DIR__ . \"/inc/$n.php\"; $f('b');"),
            "missing inc/b.php");
}

// What another application keeps in a variable of that name is another thing.
TEST(PhpValues, VariablesOfOtherApplications) {
  tree::MemoryTree tree;
  tree.add("/srv/one/index.php 0644 root:root",
           "<?php\nforeach ([__DIR__ . '/v.php'] as $file) if (file_exists($file)) { "
           "define('LOADER', $file); break; }\n"
           "if (defined('LOADER')) require LOADER;\n");
  tree.add("/srv/two/index.php 0644 root:root", "<?php\n$file = __DIR__ . '/none.php';\n");
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  read_php(survey, {{"php", "/srv/one", false}, {"php", "/srv/two", false}});
  ASSERT_EQ(facts.rows<facts::Reference>().size(), 1U);
  EXPECT_EQ(facts.rows<facts::Reference>()[0].state, "dynamic");
}

TEST(PhpValues, AnEmptyTextIsNoSecondDirectory) {
  EXPECT_EQ(lost("define('A', __DIR__ == '/' ? '' : __DIR__); require A . '/inc/a.php';"), "");
  EXPECT_EQ(lost("define('A', __DIR__ == '/' ? '' : __DIR__); require A . '/inc/b.php';"),
            "missing inc/b.php");
  EXPECT_EQ(lost("$d = $_GET['x'] == 'y' ? '' : __DIR__; require $d . '/inc/a.php';"), "");
  EXPECT_EQ(lost("$d = strpos(__DIR__, 'phar://') === 0 ? '' : __DIR__; require $d . "
                 "'/inc/b.php';"),
            "missing inc/b.php");
}

TEST(PhpValues, AnotherEntryPointDefinesForItself) {
  const std::string guarded = "if (!defined('A')) define('A', __DIR__); ";
  EXPECT_EQ(lost(guarded + "require A . '/inc/a.php';", "define('A', '..');"), "");
  EXPECT_EQ(lost(guarded + "require A . '/inc/b.php';", "define('A', '..');"), "missing inc/b.php");
}

TEST(PhpValues, ItemsOfALoopAreTakenOneByOne) {
  EXPECT_EQ(lost("foreach (['inc' => 'a', 'b' => 'c'] as $d => $f) require __DIR__ . "
                 "\"/$d/$f.php\";"),
            "missing b/c.php");
  EXPECT_EQ(lost("foreach ([['inc', 'a'], ['b', 'c']] as [$d, $f]) require __DIR__ . "
                 "\"/$d/$f.php\";"),
            "missing b/c.php");
  EXPECT_EQ(lost("foreach ([['f' => 'a'], ['f' => 'b']] as $r) require __DIR__ . '/inc/' . $r['f'] "
                 ". '.php';"),
            "missing inc/b.php");
  EXPECT_EQ(lost("$l = ['a', 'b']; for ($i = 0; $i < 2; $i++) require __DIR__ . "
                 "\"/inc/$l[$i].php\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("$l = ['a', 'b']; while (($f = array_pop($l)) !== null) require __DIR__ . "
                 "\"/inc/$f.php\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("foreach (['a' => 1, 'b' => 0] as $f => $on) if ($on) require __DIR__ . "
                 "\"/inc/$f.php\";"),
            "");
}

TEST(PhpValues, ParametersAreWhatTheCallsGive) {
  const std::string load = "function load($f, $e = 'php') { require __DIR__ . \"/inc/$f.$e\"; } ";
  EXPECT_EQ(lost(load + "load('a'); load('b');"), "missing inc/b.php");
  EXPECT_EQ(lost(load + "load('a', 'inc');"), "missing inc/a.inc");
  EXPECT_EQ(lost(load + "load($_GET['f']);"), "dynamic ");
  EXPECT_EQ(lost(load + "if (class_exists('X')) load('b');"), "missing inc/b.php guarded");
  EXPECT_EQ(lost(load + "load($_GET['f'] ?? 'a');"), "dynamic ");
  EXPECT_EQ(lost(load + "load(e: 'inc', f: 'a');"), "missing inc/a.inc");
  EXPECT_EQ(lost(load + "load('b', e: 'inc');"), "missing inc/b.inc");
  EXPECT_EQ(lost(load + "load(...['a', 'inc']);"), "dynamic ");
  EXPECT_EQ(lost("class A { function f($n) { require \"$n.php\"; } } class B { function f($n) {} } "
                 "(new B)->f(__DIR__ . '/b');"),
            "dynamic ");
  EXPECT_EQ(lost("class L { function __construct(private string $d) {} function f($n) { require "
                 "$this->d . \"/$n.php\"; } } (new L(__DIR__ . '/inc'))->f('b');"),
            "missing inc/b.php");
  EXPECT_EQ(
      lost("class L { private $d; function __construct($d) { $this->d = $d; } function f() { "
           "require $this->d . '/a.php'; } } new L(__DIR__); (new L(__DIR__ . '/inc'))->f();"),
      "");
}

TEST(PhpValues, MethodsOfCommonNamesAndWhatSettersKeep) {
  const std::string other = "class B { function load($n) {} } ";
  const std::string run = "class A { function run() { $this->load('a'); $this->load('b'); } ";
  const std::string load = "function load($n) { require __DIR__ . \"/inc/$n.php\"; } } ";
  EXPECT_EQ(lost(other + run + "private " + load), "missing inc/b.php");
  EXPECT_EQ(lost(other + run + load), "dynamic , missing inc/b.php") << "others may call it, too";
  EXPECT_EQ(lost(other + run + "private " + load + "array_map([$a, 'load'], $b);"),
            "dynamic , missing inc/b.php");
  EXPECT_EQ(lost("class A { " + load +
                 "class B { function load($n) {} function run() { "
                 "$this->load('b'); } }"),
            "dynamic ");
  const std::string view =
      "class V { private static $d = ''; static function from($d) { self::$d = rtrim($d, '/'); } "
      "static function show($n) { require self::$d . \"/$n.php\"; } } V::from(__DIR__ . '/inc/'); ";
  EXPECT_EQ(lost(view + "V::show('a');"), "");
  EXPECT_EQ(lost(view + "V::show('b');"), "missing inc/b.php");
}

TEST(PhpValues, FunctionsThatRememberAList) {
  const std::string list = "['a' => '/inc/a.php'] + ['a' => '/none.php', 'b' => '/inc/b.php']";
  const std::string end = " return __DIR__ . $v[$k]; } require f(";
  const std::string once = "function f($k) { static $v = null; $v ?\?= " + list + ";" + end;
  EXPECT_EQ(lost(once + "'a');"), "");
  EXPECT_EQ(lost(once + "'b');"), "missing inc/b.php");
  EXPECT_EQ(
      lost("function f($k) { static $v; if ($v === null) { $v = " + list + "; }" + end + "'b');"),
      "missing inc/b.php");
  EXPECT_EQ(lost("function f() { static $v; if ($v) return $v; $v = __DIR__ . '/inc/b.php'; "
                 "return $v; } require f();"),
            "missing inc/b.php");
  EXPECT_EQ(lost("function f($k) { static $v; if (g()) { $v = " + list + "; }" + end + "'b');"),
            "dynamic ");
}

// A constant is worth what the variable held at that line, not what any line gives it.
TEST(PhpValues, VariablesThatChangeOnTheWay) {
  const std::string twice = "$d = 'inc'; $d = __DIR__ . '/' . $d; $d = rtrim($d, '/') . '/'; ";
  EXPECT_EQ(lost(twice + "require $d . 'b.php';"), "missing inc/b.php");
  EXPECT_EQ(lost(twice + "define('D', $d); require D . 'b.php';"), "missing inc/b.php");
  EXPECT_EQ(lost(twice + "define('D', $d); require D . 'a.php';"), "");
  const std::string parts = "$p = explode('/', __DIR__ . '/x'); array_pop($p); ";
  EXPECT_EQ(lost(parts + "define('D', implode('/', $p)); require D . '/inc/a.php';"), "");
  EXPECT_EQ(lost(parts + "define('D', implode('/', $p)); require D . '/inc/b.php';"),
            "missing inc/b.php");
  const std::string real =
      "$d = 'inc'; if (($t = realpath($d)) !== FALSE) { $d = $t . '/'; } define('D', $d); ";
  EXPECT_EQ(lost(real + "require D . 'b.php';"), "missing inc/b.php");
  EXPECT_EQ(lost(real + "require D . 'a.php';"), "");
}

// Whichever it is, it is not there.
TEST(PhpValues, AllAlternativesAreMissing) {
  const std::string either = "$d = 'inc'; if ($_GET['x']) { $d = 'new'; } ";
  EXPECT_EQ(lost(either + "require __DIR__ . \"/$d/b.php\";"),
            "missing inc/b.php, missing new/b.php");
  EXPECT_EQ(lost(either + "require __DIR__ . \"/$d/a.php\";"), "missing new/a.php guarded");
  EXPECT_EQ(lost("$d = 'inc'; if ($_GET['x']) { $d = $_GET['x']; } require __DIR__ . "
                 "\"/$d/b.php\";"),
            "missing inc/b.php guarded");
}

TEST(PhpValues, PropertiesOfObjectsWithoutAClass) {
  const std::string object = "$c = new stdClass; $c->d = __DIR__; $c->l = $c->d . '/inc'; ";
  EXPECT_EQ(lost(object + "require $c->l . '/a.php';"), "");
  EXPECT_EQ(lost(object + "require $c->l . '/b.php';"), "missing inc/b.php");
  EXPECT_EQ(lost("class L { static $m = []; } L::$m = ['x' => __DIR__ . '/b.php']; "
                 "require L::$m['x'];"),
            "missing b.php");
}

TEST(PhpValues, WhereTheWorkingDirectoryIs) {
  EXPECT_EQ(lost("chdir('inc'); require './a.php';"), "");
  EXPECT_EQ(lost("chdir('inc'); require './b.php';"), "missing inc/b.php");
  EXPECT_EQ(lost("chdir(__DIR__ . '/inc'); require './b.php';"), "missing inc/b.php");
  EXPECT_EQ(lost("if ($_GET['x']) chdir('inc'); require './b.php';"), "missing inc/b.php guarded");
  EXPECT_EQ(lost("chdir(dirname(__DIR__)); require 'www/inc/a.php';"), "");
}

// Loops in loops and lists of lists take no longer than what is written.
TEST(PhpValues, DeepNestingIsBounded) {
  std::string loops, end, map = "'x'";
  for (int i = 0; i < 14; ++i) {
    const auto n = std::to_string(i);
    loops += "foreach (['a','b','c','d','e','f','g','h'] as $v" + n + ") {\n";
    end += "}";
    map = "implode('', array_map(fn($a" + n + ") => " + map + ", [1,2,3,4,5,6,7,8,9]))";
  }
  EXPECT_NE(lost(loops + "require __DIR__ . \"/$v0$v13.php\";\n" + end), "");
  EXPECT_NE(lost("require " + map + ";"), "");
}

TEST(PhpValues, AllOfALongClassMap) {
  std::string map = "<?php\n$b = dirname(dirname(__DIR__));\nreturn array(\n";
  for (int i = 0; i < 1200; ++i)
    map +=
        "  'A\\\\C" + std::to_string(i) + "' => $b . '/inc/" + (i == 1100 ? "b" : "a") + ".php',\n";
  tree::MemoryTree tree;
  tree.add("/srv/www/index.php 0644 root:root",
           "<?php require 'vendor/composer/autoload_classmap.php';");
  tree.add("/srv/www/inc/a.php 0644 root:root", "<?php\n");
  tree.add("/srv/www/vendor/composer/autoload_classmap.php 0644 root:root", map + ");");
  const auto facts = test::read_www(tree);
  std::string out;
  for (const auto& row : facts.rows<facts::Reference>())
    if (row.state == "missing") out += row.as_written + " " + std::to_string(*row.line) + "\n";
  EXPECT_EQ(out, "A\\C1100 1104\n");
}

// What the files set decides, as long as nothing else does; what only the server's environment
// decides may never be.
TEST(PhpValues, SettingsOfTheEnvironment) {
  const std::string setting = "defined('E') or define('E', 'live'); ";
  EXPECT_EQ(lost(setting + "if (E === 'test') require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost(setting + "if (E !== 'live') require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost(setting + "if (E === 'live') require __DIR__ . '/b.php';"), "missing b.php");
  EXPECT_EQ(lost("$d = getenv('D') === '1'; if ($d) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("function f() { $d = getenv('D'); if ($d) require __DIR__ . '/b.php'; } f();"),
            "missing b.php guarded");
  EXPECT_EQ(lost("define('D', isset($_ENV['D'])); if (D) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("if (!empty($_SERVER['APP_DEBUG'])) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("if (isset($_SERVER['HTTP_X'])) require __DIR__ . '/b.php';"), "missing b.php");
  EXPECT_EQ(lost("if (isset($_GET['x'])) require __DIR__ . '/b.php';"), "missing b.php");
}

// Each of a list that a variable is held to may be asked for.
TEST(PhpValues, VariablesThatAreHeldToAList) {
  const std::string p = "$p = $_GET['p'] ?? 'a'; ";
  EXPECT_EQ(lost(p + "if (!in_array($p, ['a', 'b'])) $p = 'c'; include __DIR__ . \"/inc/$p.php\";"),
            "missing inc/b.php, missing inc/c.php");
  EXPECT_EQ(lost(p + "if (in_array($p, ['a', 'b'], true)) include __DIR__ . \"/inc/$p.php\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost(p + "$l = ['x' => 'a.php', 'y' => 'b.php']; if (!isset($l[$p])) exit; "
                     "include __DIR__ . '/inc/' . $l[$p];"),
            "missing inc/b.php");
  EXPECT_EQ(lost(p + "$l = ['a' => 1]; if (array_key_exists($p, $l)) include __DIR__ . "
                     "\"/inc/$p.php\";"),
            "");
  EXPECT_EQ(lost(p + "if ($p === 'b') exit; if (in_array($p, ['a', 'b'])) include __DIR__ . "
                     "\"/inc/$p.php\";"),
            "missing inc/b.php guarded");
  EXPECT_EQ(
      lost("function load($n) { $l = ['A' => '/inc/a.php', 'B' => '/b.php']; if (isset($l[$n])) "
           "require __DIR__ . $l[$n]; } spl_autoload_register('load'); "
           "function other($n) {} spl_autoload_register('other');"),
      "missing b.php guarded")
      << "a list of classes may name old ones";
  EXPECT_EQ(lost(p + "if (in_array($p, $_GET['l'])) include __DIR__ . '/b.php';"),
            "missing b.php guarded");
}

TEST(PhpValues, CountersAndSums) {
  const std::string list = "$l = ['b', 'inc/a', 'inc/a']; $i = 0; ";
  EXPECT_EQ(lost(list + "$i++; require __DIR__ . \"/{$l[$i]}.php\";"), "");
  EXPECT_EQ(lost(list + "++$i; --$i; require __DIR__ . \"/{$l[$i]}.php\";"), "missing b.php");
  EXPECT_EQ(lost(list + "require __DIR__ . '/' . $l[$i + 1] . '.php';"), "");
  EXPECT_EQ(
      lost(list + "for ($j = count($l) - 1; $j > 0; $j--) require __DIR__ . \"/$l[$j].php\";"), "");
  EXPECT_EQ(
      lost(list + "for ($j = count($l) - 1; $j >= 0; $j--) require __DIR__ . \"/$l[$j].php\";"),
      "missing b.php");
}

TEST(PhpValues, ClosuresThatAreCalledForEachOfAList) {
  EXPECT_EQ(
      lost("array_map(fn ($n) => $n === 'inc/a' ? require __DIR__ . \"/$n.php\" : 0, ['inc/a', "
           "'b']);"),
      "");
  EXPECT_EQ(lost("array_walk($l, fn ($n) => require __DIR__ . \"/$n.php\");"), "dynamic ");
  EXPECT_EQ(
      lost("array_map(function (array $m) { if (!$m['on']) return; require __DIR__ . "
           "\"/$m[name].php\"; }, [['on' => true, 'name' => 'inc/a'], ['on' => false, 'name' => "
           "'b']]);"),
      "");
  EXPECT_EQ(lost("array_map(fn ($n) => require __DIR__ . \"/$n.php\", ['inc/a', 'b']);"),
            "missing b.php");
}

TEST(PhpValues, ConstantsThatALoopDefines) {
  EXPECT_EQ(
      lost("foreach (['inc', 'lib'] as $n) define('DIR_' . strtoupper($n), __DIR__ . \"/$n/\");"
           "require DIR_INC . 'a.php'; require DIR_LIB . 'b.php';"),
      "missing lib/b.php");
}

TEST(PhpValues, WhatAParentsConstructorIsGiven) {
  EXPECT_EQ(lost("class P { function __construct($d) { $this->d = $d; } function go() { require "
                 "$this->d . '/b.php'; } } class C extends P { function __construct() { "
                 "parent::__construct(__DIR__ . '/inc'); } } (new C())->go();"),
            "missing inc/b.php");
  EXPECT_EQ(
      lost("class V { function __construct(private $n, private $e = '.html') {} function go() "
           "{ require __DIR__ . \"/$this->n$this->e\"; } } (new V('inc/a'))->go();"),
      "missing inc/a.html");
  EXPECT_EQ(
      lost("class V { function __construct(private $n, private $e = '.html') {} function go() "
           "{ require __DIR__ . \"/$this->n$this->e\"; } } (new V('inc/a', '.php'))->go();"),
      "");
}

TEST(PhpValues, FunctionsThatReturnFromASwitch) {
  const std::string name =
      "function name($p) { switch ($p) { case 'b': case 'c': return 'b'; default: return 'inc/a'; "
      "} } ";
  EXPECT_EQ(lost(name + "require __DIR__ . '/' . name('x') . '.php';"), "");
  EXPECT_EQ(lost(name + "require __DIR__ . '/' . name('c') . '.php';"), "missing b.php");
  EXPECT_EQ(lost(name + "require __DIR__ . '/' . name($_GET['p']) . '.php';"), "");
}

TEST(PhpValues, PartsOfTexts) {
  EXPECT_EQ(lost("$r = substr(__DIR__, 0, strrpos(__DIR__, '/')); require $r . '/www/b.php';"),
            "missing b.php");
  EXPECT_EQ(lost("[$v, $n] = explode('-', 'x-inc-a', 2); require __DIR__ . '/' . "
                 "str_replace('-', '/', $n) . '.php';"),
            "");
}

TEST(PhpValues, NumbersInNames) {
  EXPECT_EQ(lost("require __DIR__ . '/' . 0x1F . 1.50 . 017 . 1_000 . 0b11 . 12 . '.php';"),
            "missing 311.5151000312.php");
}

TEST(PhpValues, RepeatedAndChangedTexts) {
  EXPECT_EQ(lost("require __DIR__ . '/' . str_repeat('x/', 2) . 'b.php';"), "missing x/x/b.php");
  EXPECT_EQ(lost("require __DIR__ . '/' . ucwords('ab-cd ef', '-') . intval('7x') . '.php';"),
            "missing Ab-Cd ef7.php");
}

TEST(PhpValues, ListsThatLoseItems) {
  EXPECT_EQ(lost("$l = ['a', 'b']; unset($l[1]); foreach ($l as $f) require __DIR__ . "
                 "\"/inc/$f.php\";"),
            "");
  EXPECT_EQ(lost("$l = ['a', 'b']; foreach ($l as $i => $f) if (!is_file($f)) unset($l[$i]); "
                 "foreach ($l as $f) require __DIR__ . \"/inc/$f.php\";"),
            "dynamic ");
  EXPECT_EQ(lost("array_walk_recursive($t = ['x' => ['a', 'y' => ['b']]], function ($f) { require "
                 "__DIR__ . \"/inc/$f.php\"; });"),
            "missing inc/b.php");
}

TEST(PhpValues, GeneratorsThatHandOn) {
  EXPECT_EQ(lost("function one($d) { yield \"$d/a.php\"; yield \"$d/b.php\"; } function all($d) { "
                 "yield from one($d); yield \"$d/c.php\"; } foreach (all(__DIR__ . '/inc') as $f) "
                 "require $f;"),
            "missing inc/b.php, missing inc/c.php");
}

TEST(PhpValues, MethodsThatAnotherDeclares) {
  EXPECT_EQ(lost("trait T { abstract function dir(): string; function load() { require "
                 "$this->dir() . '/b.php'; } } class C { use T; function dir(): string { return "
                 "__DIR__ . '/inc'; } } (new C)->load();"),
            "missing inc/b.php");
}

TEST(PhpValues, WhatIsMadeFirst) {
  const auto doubt = [](const std::string& code) {
    tree::MemoryTree tree;
    tree.add("/srv/www/index.php 0644 root:root", "<?php\n" + code);
    const auto facts = test::read_www(tree);
    std::string out;
    for (const auto& row : facts.rows<facts::Reference>()) out += row.doubt;
    return out;
  };
  EXPECT_NE(doubt("$n = 'b'; file_put_contents(__DIR__ . \"/inc/$n.php\", '<?php'); require "
                  "__DIR__ . \"/inc/$n.php\";"),
            "");
  EXPECT_NE(doubt("touch($t = __DIR__ . '/' . 'b.php'); require $t;"), "");
  EXPECT_NE(
      doubt("function at($n) { return __DIR__ . \"/inc/$n.php\"; } file_put_contents(at('b'), "
            "'<?php'); require at('b');"),
      "");
  EXPECT_NE(doubt("class W extends \\Nobody\\Widget { function render() { require __DIR__ . "
                  "'/b.php'; } } $w = 'W'; (new $w)->render();"),
            "");
  EXPECT_EQ(doubt("class W extends ArrayObject { function render() { require __DIR__ . "
                  "'/b.php'; } } $w = 'W'; (new $w)->render();"),
            "");
}

}  // namespace
}  // namespace stackaudit::stack

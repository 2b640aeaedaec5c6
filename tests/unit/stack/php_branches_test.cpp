// Which branches run: what constants decide, what ends the script, what is asked for or caught
// first.
#include "support/php_lost.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

using test::lost;

TEST(PhpBranches, AfterAnExit) {
  EXPECT_EQ(lost("if (!class_exists('X')) { exit; } require __DIR__ . '/b.php';"), "missing b.php");
  // But where nobody defines what the file asks for, nobody is the program that it is a part of.
  EXPECT_EQ(lost("if (!defined('HOST')) exit('no'); require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("define('HOST', 1); if (!defined('HOST')) exit; require __DIR__ . '/b.php';"),
            "missing b.php");
  EXPECT_EQ(lost("if (!class_exists('X')) { return; } require __DIR__ . '/b.php';"),
            "missing b.php guarded");
}

TEST(PhpBranches, WhatNobodySwitchesOff) {
  EXPECT_EQ(lost("if (!defined('OFF') || !OFF) require __DIR__ . '/b.php';"), "missing b.php");
  EXPECT_EQ(lost("if (!defined('OFF') || !ON) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("if (!defined('OFF')) require __DIR__ . '/b.php';"), "missing b.php guarded");
}

TEST(PhpBranches, FunctionsThatEndTheScript) {
  EXPECT_EQ(
      lost("function go() { header('Location: /'); exit; } go(); require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("function go() { if (A) return; exit; } go(); require __DIR__ . '/b.php';"),
            "missing b.php");
  EXPECT_EQ(lost("function go() { echo 1; } go(); require __DIR__ . '/b.php';"), "missing b.php");
}

TEST(PhpBranches, WhatIsForAnotherSystem) {
  EXPECT_EQ(lost("if (strtoupper(substr(PHP_OS, 0, 3)) === 'WIN') require __DIR__ . '/b.php';"),
            "");
  EXPECT_EQ(lost("if ('\\\\' === DIRECTORY_SEPARATOR) require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("if (stripos(PHP_OS, 'win') === 0) require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("if (preg_match('/win/i', PHP_OS)) require __DIR__ . '/b.php';"), "");
}

TEST(PhpBranches, BranchesThatConstantsDecide) {
  const std::string driver = "const D = 'a'; ";
  EXPECT_EQ(lost(driver + "switch (D) { case 'b': require __DIR__ . '/b.php'; break; default: "
                          "require __DIR__ . '/inc/a.php'; }"),
            "");
  EXPECT_EQ(lost(driver + "if (D === 'b') require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost(driver + "if (D !== 'b') require __DIR__ . '/b.php';"), "missing b.php");
  EXPECT_EQ(lost("switch ($_GET['d']) { case 'b': require __DIR__ . '/b.php'; }"), "missing b.php");
}

TEST(PhpBranches, TypesOfContentsThatNobodyRegisters) {
  const std::string has =
      "function is_singular($t) { global $types; return in_array($t, $types); } ";
  const std::string asks = has + "if (is_singular('product')) require __DIR__ . '/b.php'; ";
  EXPECT_EQ(lost(asks), "missing b.php guarded");
  EXPECT_EQ(lost(asks + "register_post_type(\"product\", []);"), "missing b.php");
  EXPECT_EQ(lost(asks + "$this->register_taxonomy( 'product' );"), "missing b.php");
  EXPECT_EQ(lost(asks + "unregister_post_type('product'); register_post_type($type);"),
            "missing b.php guarded");
  EXPECT_EQ(lost(has + "if (is_singular('page')) require __DIR__ . '/b.php';"), "missing b.php");
}

TEST(PhpBranches, FilesThatAreAskedForFirst) {
  EXPECT_EQ(lost("foreach (['a', 'b'] as $n) { $f = __DIR__ . \"/inc/$n.php\"; if (!is_file($f)) "
                 "continue; require $f; }"),
            "");
  EXPECT_EQ(lost("$f = realpath(__DIR__ . '/b.php'); if ($f !== false) require $f;"), "");
  EXPECT_EQ(lost("$f = realpath(__DIR__ . '/b.php'); if ($f) require $f;"), "");
  EXPECT_EQ(lost("require realpath(__DIR__ . '/b.php');"), "missing b.php");
  EXPECT_EQ(lost("if (!is_file(__DIR__ . '/b.php')) { require __DIR__ . '/b.php'; }"),
            "missing b.php");
}

TEST(PhpBranches, FunctionsThatChooseAFile) {
  const std::string code =
      "function f($n) { global $c; if (@is_file($c . $n)) return $c . $n; return __DIR__ . "
      "'/inc/' . $n; } ";
  EXPECT_EQ(lost(code + "require f('a.php');"), "");
  EXPECT_EQ(lost("class C { function f($n) { return ''; } } function f($n) { if (is_file(__DIR__ . "
                 "'/x')) return 'x'; return __DIR__ . '/b/' . $n; } require f('a.php');"),
            "missing b/a.php");
}

TEST(PhpBranches, FilesThatTheCodeMakes) {
  const std::string f = "$f = __DIR__ . '/b.php'; ";
  EXPECT_EQ(lost(f + "if (!file_exists($f)) { file_put_contents($f, ''); } require $f;"),
            "missing b.php guarded");
  EXPECT_EQ(lost(f + "function make($x) {} if (!is_file($f)) { make($f); } require $f;"),
            "missing b.php guarded");
  EXPECT_EQ(lost(f + "rename('/srv/t', $f); require $f;"), "missing b.php guarded");
  EXPECT_EQ(lost(f + "echo basename($f); require $f;"), "missing b.php");
  EXPECT_EQ(lost("class C { private $f = __DIR__ . '/b.php'; function load() { "
                 "if (!is_file($this->f)) $this->dump(); return require $this->f; } "
                 "function dump() { file_put_contents($this->f, ''); } } (new C)->load();"),
            "missing b.php guarded");
}

TEST(PhpBranches, IncludesWhoseErrorIsCaught) {
  const std::string silent = "try { @require __DIR__ . '/b.php'; } catch ";
  EXPECT_EQ(lost(silent + "(Throwable $e) {}"), "missing b.php guarded");
  EXPECT_EQ(lost(silent + "(DomainException | \\Error) {}"), "missing b.php guarded");
  EXPECT_EQ(lost(silent + "(ErrorException) {}"), "missing b.php");
  EXPECT_EQ(lost(silent + "(Throwable $e) { throw $e; }"), "missing b.php");
  EXPECT_EQ(lost(silent + "(Throwable $e) { http_response_code(500); exit; }"), "missing b.php");
  EXPECT_EQ(lost("try { require __DIR__ . '/b.php'; } catch (Throwable $e) {}"), "missing b.php")
      << "a warning is written, all the same";
}

TEST(PhpBranches, WhatIsCaughtOrAskedInASwitch) {
  const std::string f = "$f = __DIR__ . '/b.php'; ";
  EXPECT_EQ(lost(f + "if (!is_file($f)) throw new Exception; require $f;"), "missing b.php");
  EXPECT_EQ(lost(f + "try { if (!is_file($f)) throw new Exception; require $f; } "
                     "catch (Exception $e) {}"),
            "");
  EXPECT_EQ(lost(f + "switch (true) { case is_file($f): require $f; break; }"), "");
  EXPECT_EQ(lost(f + "switch (true) { case !is_file($f): require $f; break; }"), "missing b.php");
}

// The script says itself that it cannot go on: in any form of the question, but for settings, which
// an installer writes.
TEST(PhpBranches, WhatAScriptDemands) {
  const std::string lib = "__DIR__ . '/b.php'", load = "require " + lib + "; ";
  for (const auto& code :
       {"if (file_exists(" + lib + ") === false) { throw new E('x'); } " + load,
        "if (false == is_file(" + lib + ")) die('x'); " + load,
        "if (!is_readable(" + lib + ")) { echo 'run composer install.'; exit(1); } " + load,
        "if (file_exists(" + lib + ")) { " + load + "} else { throw new E('x'); }",
        "if (is_file(" + lib + ")) { " + load +
            "} elseif (is_file('/opt/x.php')) { require '/opt/x.php'; } else exit('no library');"})
    EXPECT_EQ(lost(code), "missing b.php") << code;
  for (const auto& code :
       {"if (file_exists(" + lib + ")) { " + load + "} else { echo 'none'; }",
        "if (file_exists(" + lib + ")) { " + load + "} else { header('Location: /i.php'); exit; }",
        "if (file_exists(" + lib + ")) { " + load + "}", "if (!is_file(" + lib + ")) exit; " + load,
        "if (!is_file(" + lib + ")) { exit(); } " + load,
        std::string("if (file_exists(__DIR__ . '/config.php')) { require __DIR__ . '/config.php'; }"
                    " else { die('x'); }")})
    EXPECT_EQ(lost(code), "") << code;
}

TEST(PhpBranches, AFunctionOnWhatIsKnownIsDecided) {
  EXPECT_EQ(lost("if (preg_match('#/releases/\\d+#', __DIR__)) require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("if (!preg_match('#/releases/#', __DIR__)) require __DIR__ . '/b.php';"),
            "missing b.php");
  EXPECT_EQ(lost("if (preg_match('#/releases/#x', __DIR__)) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("$d = __DIR__; if (!fnmatch('/srv/*', $d)) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("if (preg_match('#^a#', $_GET['x'])) require __DIR__ . '/b.php';"),
            "missing b.php");
}

// What a question of the program's own asks for is a version or an environment all the same.
TEST(PhpBranches, HelpersThatAskForTheSystem) {
  const std::string older =
      "function is_php($v) { static $is; return $is[$v] = version_compare(PHP_VERSION, $v, "
      "'>='); "
      "} ";
  EXPECT_EQ(lost(older + "if (!is_php('5.5')) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("switch (getenv('APP_ENV')) { case 'test': require __DIR__ . '/b.php'; break; "
                 "default: require __DIR__ . '/inc/a.php'; }"),
            "missing b.php guarded");
  EXPECT_EQ(lost("switch (getenv('APP_ENV')) { case 'test': break; default: require __DIR__ . "
                 "'/b.php'; }"),
            "missing b.php");
}

TEST(PhpBranches, VariablesThatHoldTheEnvironment) {
  const std::string env = "$env = $_SERVER['APP_ENV'] ?? getenv('APP_ENV') ?: 'prod'; ";
  EXPECT_EQ(lost(env + "if ($env === 'dev') require __DIR__ . '/b.php';"), "missing b.php guarded");
  EXPECT_EQ(lost("$d = getenv('DEBUG'); if ($d) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("$p = $_GET['p'] ?? 'home'; if ($p === 'b') require __DIR__ . '/b.php';"),
            "missing b.php");
}

TEST(PhpBranches, WhatAFunctionDefines) {
  EXPECT_EQ(lost("function boot() { define('UP', 1); } boot(); "
                 "if (!defined('UP') && $_GET) require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("function boot() { define('UP', 1); } boot(); "
                 "UP ? include __DIR__ . '/inc/a.php' : require __DIR__ . '/b.php';"),
            "");
  // Another entry point may set it otherwise.
  EXPECT_EQ(lost("if (UP) return; require __DIR__ . '/b.php'; function boot() { "
                 "if (!defined('UP')) define('UP', false); }",
                 "define('UP', 1);"),
            "missing b.php");
}

TEST(PhpBranches, WhatAMemberTellsOfAFile) {
  const std::string code =
      "class C { private $f = __DIR__ . '/b.php'; private $is; function __construct() { $this->is "
      "= "
      "is_readable($this->f); } function has() { return $this->is; } function load() { ";
  EXPECT_EQ(lost(code + "if ($this->is) require $this->f; } }"), "missing b.php guarded");
  EXPECT_EQ(lost(code + "return $this->has() ? require $this->f : []; } }"),
            "missing b.php guarded");
  EXPECT_EQ(lost(code + "if (!$this->has()) { throw new E; } return require $this->f; } }"),
            "missing b.php guarded");
  EXPECT_EQ(lost("function has($n) { return is_file(\"/srv/x/$n\"); } if (has('b')) require "
                 "__DIR__ . '/b.php';"),
            "missing b.php guarded");
}

TEST(PhpBranches, ItemsThatAListDoesNotHave) {
  const std::string list = "$o = ['cache' => false, 'theme' => 'x', 'more' => []]; ";
  const std::string b = " require __DIR__ . '/b.php';";
  EXPECT_EQ(lost(list + "if (!empty($o['cache']))" + b), "");
  EXPECT_EQ(lost(list + "if (isset($o['stats']))" + b), "missing b.php guarded");
  EXPECT_EQ(lost(list + "if ($o['debug'] ?? false)" + b), "missing b.php guarded");
  EXPECT_EQ(lost(list + "if (count($o['more']) > 0)" + b), "missing b.php guarded");
  EXPECT_EQ(lost(list + "if (!empty($o['theme']))" + b), "missing b.php");
  EXPECT_EQ(lost("if (!empty($o['theme']))" + b), "missing b.php");
}

TEST(PhpBranches, ExceptionsThatTheCallerCatches) {
  const std::string need =
      "function need($f) { if (!is_file($f)) throw new Exception($f); require $f; } ";
  const std::string call = "need(__DIR__ . '/b.php');";
  EXPECT_EQ(lost(need + call), "missing b.php");
  EXPECT_EQ(lost(need + "try { " + call + " } catch (Exception $e) {}"), "");
  EXPECT_EQ(lost(need + "try { " + call + " } catch (Exception $e) {} need(__DIR__ . '/c.php');"),
            "missing c.php");
}

TEST(PhpBranches, CountersAreSomethingElseEachTime) {
  const std::string loop = "$n = 0; foreach (['b', 'inc/a'] as $p) { ";
  EXPECT_EQ(lost(loop + "if ($n++ === 0) continue; require __DIR__ . \"/$p.php\"; }"),
            "missing b.php guarded");
}

// Files of hosts, of command lines and of themes that are chosen elsewhere.
TEST(PhpBranches, WhatIsForAnotherHostOrCommand) {
  for (const auto* test :
       {"strpos($_SERVER['SERVER_NAME'], '.local') !== false",
        "($_SERVER['HTTP_X_FORWARDED_HOST'] ?? '') === 'x'", "gethostname() === 'x'",
        "defined('STDIN') && is_resource(STDIN)", "!isset($_SERVER['REQUEST_METHOD'])",
        "count($_SERVER['argv']) > 0", "substr(php_sapi_name(), 0, 3) === 'apa'",
        "!debug_backtrace()", "count(get_included_files()) === 1", "is_rtl()",
        "get_locale() === 'de_DE'", "get_template() !== 'x'", "wp_get_theme()->get('Name') === 'X'",
        "isset($GLOBALS['nobody'])"})
    EXPECT_EQ(lost("if (" + std::string(test) + ") require __DIR__ . '/b.php';"),
              "missing b.php guarded")
        << test;
  EXPECT_EQ(lost("$h = gethostname(); if ($h === 'x') require __DIR__ . '/b.php';"),
            "missing b.php guarded");
  EXPECT_EQ(lost("switch (true) { case getenv('CI') == 1: case is_rtl(): require __DIR__ . "
                 "'/b.php'; break; default: require __DIR__ . '/c.php'; }"),
            "missing b.php guarded, missing c.php");
  EXPECT_EQ(lost("if (isset($GLOBALS['some'])) require __DIR__ . '/b.php'; $some = 1;"),
            "missing b.php");
}

TEST(PhpBranches, WhatIsDecided) {
  EXPECT_EQ(lost("is_file(__DIR__ . '/c.php') or exit; require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("is_file(__DIR__ . '/inc/a.php') or exit; require __DIR__ . '/b.php';"),
            "missing b.php");
  EXPECT_EQ(lost("class R { static function end() { die; } } is_file(__DIR__ . '/c.php') || "
                 "R::end(); require __DIR__ . '/b.php';"),
            "");
  EXPECT_EQ(lost("$x = match (2) { 1 => require __DIR__ . '/b.php', 2 => 'x', default => require "
                 "__DIR__ . '/c.php' };"),
            "");
  EXPECT_EQ(lost("for ($i = 0; $i < 0; $i++) require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("if (!@include __DIR__ . '/inc/a.php') include __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("foreach (['5.6' => 'b', '8.0' => 'a'] as $v => $f) if (version_compare($v, "
                 "'7.0', '>=')) require __DIR__ . \"/inc/$f.php\";"),
            "");
  EXPECT_EQ(lost("$m = '8'; if (in_array($m, ['5', '7'])) require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost("$m = '7'; if (in_array($m, ['5', '7'])) require __DIR__ . '/b.php';"),
            "missing b.php");
  EXPECT_EQ(lost("$c = ['a' => []]; if ($c['b']['kind'] == 'x') require __DIR__ . '/b.php';"),
            "missing b.php guarded");
}

// What an option, or a theme's name, says is kept in a variable, in a list or an object.
TEST(PhpBranches, SettingsThatAreKept) {
  for (const auto* code :
       {"$o = get_option('x'); if (!empty($o['legacy'])) require __DIR__ . '/b.php';",
        "function f() { $o = get_option('x'); if ($o['kind'] === 'y') require __DIR__ . '/b.php'; "
        "} f();",
        "$t = wp_get_theme(); if ('Divi' === $t->get('Name')) require __DIR__ . '/b.php';",
        "if (strpos(get_locale(), 'zh_') === 0) require __DIR__ . '/b.php';",
        "$min = extension_loaded('x') ? 'dev' : 'min'; if ($min === 'dev') require __DIR__ . "
        "'/b.php';",
        "list($sub) = explode('.', $_SERVER['HTTP_HOST']); switch ($sub) { case 'x': require "
        "__DIR__ . '/b.php'; }",
        "if ('on' === (get_option('o')['w'] ?? '')) require __DIR__ . '/b.php';",
        "global $bp; if (isset($bp)) require __DIR__ . '/b.php';"})
    EXPECT_EQ(lost(code), "missing b.php guarded") << code;
  EXPECT_EQ(lost("$o = ['legacy' => $_GET['x']]; if ($o['legacy']) require __DIR__ . '/b.php';"),
            "missing b.php");
}

TEST(PhpBranches, WhatFollowsAnOptionalFile) {
  const auto silenced = lost("@include __DIR__ . '/c.php';");
  EXPECT_EQ(lost("if ((@include __DIR__ . '/c.php') !== false) require __DIR__ . '/b.php';"),
            "missing b.php guarded, " + silenced);
  EXPECT_EQ(lost("if ((@include __DIR__ . '/c.php') === false) require __DIR__ . '/b.php';"),
            "missing b.php, " + silenced);
}

TEST(PhpBranches, MethodsThatEndTheScript) {
  const std::string deny = "class H { function deny() { die('no'); } } ";
  EXPECT_EQ(lost(deny + "if (!is_dir(__DIR__ . '/c')) (new H)->deny(); require __DIR__ . "
                        "'/b.php';"),
            "");
  EXPECT_EQ(lost("function halt() { exit(1); } is_file(__DIR__ . '/c.php') ? true : halt(); "
                 "require __DIR__ . '/b.php';"),
            "");
}

TEST(PhpBranches, ModulesThatAreOff) {
  tree::MemoryTree tree;
  tree.add("/srv/www/m.json 0644 root:root",
           R"([{"on": false, "f": "b.php"}, {"on": true, "f": "c.php"}])");
  tree.add("/srv/www/index.php 0644 root:root",
           "<?php\n$all = json_decode(file_get_contents(__DIR__ . '/m.json'));\n"
           "foreach ($all as $m) if ($m->on) require __DIR__ . \"/$m->f\";");
  EXPECT_EQ(test::missing_in_www(tree), "/srv/www/c.php ");
}

TEST(PhpBranches, WarningsThatAreSwitchedOff) {
  const auto silenced = lost("@include __DIR__ . '/b.php';");
  EXPECT_NE(lost("include __DIR__ . '/b.php';"), silenced);
  EXPECT_EQ(lost("error_reporting(0); include __DIR__ . '/b.php';"), silenced);
  EXPECT_EQ(lost("set_error_handler(fn() => true); include __DIR__ . '/b.php'; "
                 "restore_error_handler();"),
            silenced);
  EXPECT_NE(lost("error_reporting(0); error_reporting(E_ALL); include __DIR__ . '/b.php';"),
            silenced);
}

}  // namespace
}  // namespace stackaudit::stack

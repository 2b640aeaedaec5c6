// PHP applications in memory: where each include leads, what is written instead, who may read it.
#include "support/php_audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack {
namespace {

using namespace test;

// What is broken in index.php beside inc/a.php, inc/header.php and ../src/boot.php.
std::string index_of(const std::string& code) {
  const Audit audit({file("/srv/app/public/index.php", code), file("/srv/app/public/inc/a.php", ""),
                     file("/srv/app/public/inc/header.php", ""),
                     file("/srv/app/src/boot.php", "")});
  auto out = audit.broken();
  const std::string prefix = "/srv/app/public/index.php:2 ";
  if (out.starts_with(prefix)) out.erase(0, prefix.size());
  return out;
}

TEST(Php, ConditionsOfLoopsGuardTheirBodies) {
  EXPECT_EQ(index_of("while (is_file($f = __DIR__ . '/x.php')) { require $f; break; }"), "");
  EXPECT_EQ(index_of("while (function_exists('opcache')) require __DIR__ . '/x.php';"),
            "require missing /srv/app/public/x.php guarded\n");
  EXPECT_EQ(index_of("while (true) require __DIR__ . '/x.php';"),
            "require missing /srv/app/public/x.php\n");
}

TEST(Php, OffersWhatWasProbablyMeant) {
  EXPECT_EQ(index_of("require __DIR__ . '/inc/a.phpp';"),
            "require missing /srv/app/public/inc/a.phpp -> '/inc/a.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . \"/inc/heder.php\";"),
            "require missing /srv/app/public/inc/heder.php -> \"/inc/header.php\"\n");
  EXPECT_EQ(index_of("require __DIR__ . '/inc/Header.php';"),
            "require missing /srv/app/public/inc/Header.php -> '/inc/header.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . 'inc/a.php';"),
            "require missing /srv/app/publicinc/a.php -> '/inc/a.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . '/inc/a.php ';"),
            "require missing /srv/app/public/inc/a.php  -> '/inc/a.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . '/icn/a.php';"),
            "require missing /srv/app/public/icn/a.php -> '/inc/a.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . '/src/boot.php';"),
            "require missing /srv/app/public/src/boot.php -> '/../src/boot.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . '/inc/a';"),
            "require missing /srv/app/public/inc/a -> '/inc/a.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . '/header.php';"),
            "require missing /srv/app/public/header.php -> '/inc/header.php'\n");
  EXPECT_EQ(index_of("$d = __DIR__; require \"$d/inc/haeder.php\";"),
            "require missing /srv/app/public/inc/haeder.php -> /inc/header.php\n");
  EXPECT_EQ(index_of("require __DIR__ . '/vendor/autoload.php';"),
            "require missing /srv/app/public/vendor/autoload.php\n");
}

TEST(Php, DoubtsWhatARequestForTheFileItselfFinds) {
  const auto broken = [](const std::string& page) {
    const Audit audit({file("/srv/app/public/index.php",
                            "require __DIR__ . '/lib/' . strtolower($_GET['page']) . '.php';\n"),
                       file("/srv/app/public/lib/captcha.php", page),
                       file("/srv/app/public/lib/common.php", "")});
    return audit.broken();
  };
  const std::string dynamic = "/srv/app/public/index.php:2 require dynamic \n";
  const std::string missing =
      dynamic + "/srv/app/public/lib/captcha.php:2 require missing /srv/app/public/common.php";
  EXPECT_EQ(broken("require './common.php';\nsession_start();\n"),
            missing + " guarded -> 'lib/common.php'\n");
  EXPECT_EQ(broken("require './common.php';\nclass Captcha {}\n"),
            missing + " -> 'lib/common.php'\n")
      << "nobody requests a class";
}

// A program of another directory, whose own index.php loads its files by names that are not known.
TEST(Php, LooksWhereTheProgramAroundAFileBegins) {
  const auto broken = [](const std::string& code) {
    const Audit audit({file("/srv/app/public/index.php", "echo 1;\n"),
                       file("/srv/app/public/vendor/pma/index.php", "echo 2;\n"),
                       file("/srv/app/public/vendor/pma/lib/common.php", "function common() {}\n"),
                       file("/srv/app/public/vendor/pma/js/messages.php", code)});
    return audit.broken();
  };
  EXPECT_EQ(broken("require './lib/common.php';\n"), "");
  EXPECT_EQ(broken("chdir('..');\nrequire './lib/common.php';\n"), "");
  EXPECT_NE(broken("require './lib/comon.php';\n"), "");
}

TEST(Php, CutsEachTextAtItsOwnSlash) {
  EXPECT_EQ(index_of("$d = __DIR__; if ($_GET) $d = __DIR__ . '/inc'; "
                     "require substr($d, 0, strrpos($d, '/')) . '/public/inc/a.php';"),
            "require missing /srv/app/public/public/inc/a.php guarded\n")
      << "the other is /srv/app/public/inc/a.php";
  EXPECT_EQ(index_of("$d = __DIR__; require substr($d, 0, strrpos($d, '/')) . '/inc/a.php';"),
            "require missing /srv/app/inc/a.php -> '/public/inc/a.php'\n");
}

TEST(Php, KeepsTheSlashThatAFunctionTakesOff) {
  EXPECT_EQ(index_of("require __DIR__ . '/' . ltrim('/inc/heder.php', '/');"),
            "require missing /srv/app/public/inc/heder.php -> '/inc/header.php'\n");
  EXPECT_EQ(index_of("require __DIR__ . '/' . 'inc/heder.php';"),
            "require missing /srv/app/public/inc/heder.php -> 'inc/header.php'\n");
}

TEST(Php, DoubtsWhatTheCodeCanDoWithout) {
  EXPECT_EQ(index_of("require __DIR__ . '/tests/boot.php';"),
            "require missing /srv/app/public/tests/boot.php guarded\n");
  EXPECT_EQ(index_of("function loads() { require __DIR__ . '/x.php'; }"),
            "require missing /srv/app/public/x.php guarded\n");
  EXPECT_EQ(index_of("function loads() { require __DIR__ . '/x.php'; } loads();"),
            "require missing /srv/app/public/x.php\n");
}

TEST(Php, DoubtsRelativeNamesWhereTheServerIsNotKnown) {
  const auto relative = [](const std::string& name, bool served) {
    return Audit({file("/srv/app/public/index.php", "require '" + name + "';"),
                  file("/srv/app/public/inc/header.php", "")},
                 served)
        .broken();
  };
  const std::string start = "/srv/app/public/index.php:2 require ";
  EXPECT_EQ(relative("inc/haeder.php", true),
            start + "missing /srv/app/public/inc/haeder.php -> 'inc/header.php'\n");
  EXPECT_EQ(relative("inc/haeder.php", false),
            start + "missing /srv/app/public/inc/haeder.php guarded -> 'inc/header.php'\n");
  EXPECT_EQ(relative("Some/Library.php", false), start + "dynamic \n");
}

// chdir() of some other file cannot come before the first include of a page.
TEST(Php, TheFirstFileOfAPageIsLookedForBesideIt) {
  const auto broken = [](const std::string& page) {
    return Audit({file("/srv/app/public/page.php", page),
                  file("/srv/app/public/cli/run.php",
                       "require __DIR__ . '/../inc/header.php';\nfunction go($d) { chdir($d); } "
                       "go($argv[1]);"),
                  file("/srv/app/public/inc/header.php", "")})
        .broken();
  };
  const std::string start = "/srv/app/public/page.php:2 require missing ";
  EXPECT_EQ(broken("require './inc/haeder.php';"),
            start + "/srv/app/public/inc/haeder.php -> './inc/header.php'\n");
  EXPECT_EQ(broken("require './inc/header.php'; require './inc/haeder.php';"),
            start + "/srv/app/public/inc/haeder.php guarded -> './inc/header.php'\n");
  EXPECT_EQ(broken("if (!isset($d)) chdir($argv[1]); require './inc/haeder.php';"),
            start + "/srv/app/public/inc/haeder.php guarded -> './inc/header.php'\n");
}

TEST(Php, ToolsAreLookedAtWhereTheyLie) {
  const auto broken = [](const std::string& name) {
    return Audit({file("/srv/app/public/index.php", "require __DIR__ . '/lib/boot.php';"),
                  file("/srv/app/public/tools/clean.php", "require '../lib/" + name + "';"),
                  file("/srv/app/public/lib/boot.php", "")})
        .broken();
  };
  EXPECT_EQ(broken("boot.php"), "");
  EXPECT_EQ(
      broken("bot.php"),
      "/srv/app/public/tools/clean.php:2 require missing /srv/app/public/lib/bot.php guarded -> "
      "'../lib/boot.php'\n");
}

TEST(Php, AnAddressOfTheSameNameMakesNoFile) {
  const std::string end = "require missing /srv/app/public/x/header.php";
  EXPECT_TRUE(index_of("header('Location: header.php?a=1'); require __DIR__ . '/x/header.php';")
                  .starts_with(end + " ->"));
  EXPECT_TRUE(index_of("touch('x/header.php'); require __DIR__ . '/x/header.php';")
                  .starts_with(end + " guarded"));
}

TEST(Php, FindsTheFileThatMoved) {
  EXPECT_EQ(index_of("require __DIR__ . '/lib/header.php';"),
            "require missing /srv/app/public/lib/header.php -> '/inc/header.php'\n");
}

TEST(Php, StandsWhereTheWrongWordsAre) {
  EXPECT_EQ(index_of("define('INC', __DIR__ . '/icn');\nrequire INC . '/a.php';"),
            "require missing /srv/app/public/icn/a.php -> '/inc'\n");
}

TEST(Php, KnowsWhatIsNotKnown) {
  EXPECT_EQ(index_of("require $_GET['a'];"), "require dynamic \n");
  EXPECT_EQ(index_of("require __DIR__ . '/inc/' . $name . '.php';"), "require dynamic \n");
  EXPECT_EQ(index_of("$f = __DIR__ . '/inc/a.php'; if ($x) { $f = f(); } require $f;"), "");
  EXPECT_EQ(index_of("$a = 1; for (;;) { require $f; $f = 'b'; }"), "require dynamic \n");
}

TEST(Php, ChoosesAmongValues) {
  EXPECT_EQ(index_of("const M = 'b'; require match (M) { 'a' => __DIR__ . '/x.php', "
                     "'b' => __DIR__ . '/y.php', default => __DIR__ . '/z.php' };"),
            "require missing /srv/app/public/y.php\n");
  EXPECT_EQ(index_of("require match (true) { is_file(__DIR__ . '/x.php') => __DIR__ . '/x.php', "
                     "default => __DIR__ . '/inc/a.php' };"),
            "");
  EXPECT_EQ(index_of("require match ($_GET['p']) { 'a' => __DIR__ . '/inc/a.php', "
                     "default => throw new E };"),
            "");
  EXPECT_EQ(index_of("$d = $config['inc'] ?? __DIR__ . '/icn'; require $d . '/a.php';"),
            "require missing /srv/app/public/icn/a.php -> '/inc'\n");
  EXPECT_EQ(index_of("$config = f(); $d = $config['inc'] ?? __DIR__ . '/icn'; require $d . "
                     "'/a.php';"),
            "require missing /srv/app/public/icn/a.php guarded -> '/inc'\n");
  EXPECT_EQ(index_of("if ($x) $f = 'a'; else $f = 'header'; require __DIR__ . \"/inc/$f.php\";"),
            "");
  EXPECT_EQ(index_of("if ($x) $f = 'a'; else $f = 'haeder'; require __DIR__ . \"/inc/$f.php\";"),
            "require missing /srv/app/public/inc/haeder.php guarded -> 'header'\n");
  EXPECT_EQ(index_of("switch ($x) { case 1: $f = 'a'; break; default: $f = 'haeder'; } require "
                     "__DIR__ . \"/inc/$f.php\";"),
            "require missing /srv/app/public/inc/haeder.php guarded -> 'header'\n");
  EXPECT_EQ(index_of("$l = []; $l[] = 'a'; $l['h'] = 'x'; foreach ($l as $f) require __DIR__ . "
                     "\"/inc/$f.php\";"),
            "require missing /srv/app/public/inc/x.php\n");
}

TEST(Php, IncludesThatEndTheScript) {
  const std::string row = "include missing /srv/app/public/x.php";
  EXPECT_EQ(index_of("(include __DIR__ . '/x.php') or die('no x');"), row + "\n");
  EXPECT_EQ(index_of("if (!@include __DIR__ . '/x.php') { throw new E; }"), row + "\n");
  EXPECT_EQ(index_of("if (false === include __DIR__ . '/x.php') exit;"), row + "\n");
  EXPECT_EQ(index_of("if (include __DIR__ . '/x.php') exit;"), row + " guarded\n");
  EXPECT_EQ(index_of("(@include __DIR__ . '/x.php') or print('none');"), row + " guarded\n");
}

TEST(Php, SearchesTheIncludePathThatTheCodeSets) {
  const std::string inc =
      "set_include_path(__DIR__ . '/inc' . PATH_SEPARATOR . "
      "get_include_path()); ";
  EXPECT_EQ(index_of(inc + "require 'header.php';"), "");
  EXPECT_EQ(index_of(inc + "require 'haeder.php';"),
            "require missing /srv/app/public/inc/haeder.php -> 'header.php'\n");
  EXPECT_EQ(index_of("ini_set('include_path', '../src:.'); require 'boot.php';"), "");
  EXPECT_EQ(index_of("set_include_path('/none:' . f()); require 'no/thing.php';"),
            "require dynamic \n");
}

TEST(Php, MissesTheDirectoryOfAnUnknownName) {
  EXPECT_EQ(index_of("require __DIR__ . '/icn/' . $_GET['p'] . '.php';"),
            "require missing /srv/app/public/icn\n");
  EXPECT_EQ(index_of("class P { static $d = __DIR__ . '/none'; static function load($n) { require "
                     "self::$d . '/' . $n . '.php'; } } P::load(f());"),
            "require missing /srv/app/public/none\n");
}

TEST(Php, KnowsWhatFilesReturnAndSet) {
  const Audit audit({file("/srv/app/public/index.php",
                          "$c = require __DIR__ . '/../config.php';\n"
                          "require $c['dir'] . '/a.php';\nrequire $base . '/b.php';\n"
                          "require src_path('c.php');"),
                     file("/srv/app/src/boot.php", ""),
                     file("/srv/app/config.php", "$base = __DIR__;\nreturn ['dir' => __DIR__];"),
                     file("/srv/app/public/paths.php",
                          "function src_path($f) { return dirname(__DIR__) . '/src/' . $f; }")});
  EXPECT_EQ(audit.broken(),
            "/srv/app/public/index.php:3 require missing /srv/app/a.php\n"
            "/srv/app/public/index.php:4 require missing /srv/app/b.php\n"
            "/srv/app/public/index.php:5 require missing /srv/app/src/c.php\n");
}

TEST(Php, ConstantsAreThoseOfTheOwnApplication) {
  const Audit audit({file("/srv/app/public/index.php",
                          "define('ROOT', dirname(__DIR__));\nrequire ROOT . '/src/boot.php';"),
                     file("/srv/app/public/tool.php",
                          "define('ROOT', dirname(__FILE__, 2));\nrequire ROOT . '/src/boot.php';"),
                     file("/srv/app/src/boot.php",
                          "const SRC = __DIR__;\nrequire SRC . '/a.php';\n"
                          "$c = require ROOT . '/config/x.php';")});
  EXPECT_EQ(audit.broken(),
            "/srv/app/src/boot.php:3 require missing /srv/app/src/a.php\n"
            "/srv/app/src/boot.php:4 require missing /srv/app/config/x.php\n");
}

TEST(Php, OpensWhatIsReachedAsTheOneWhoRunsIt) {
  const Audit audit({file("/srv/app/public/index.php",
                          "require __DIR__ . '/../src/boot.php';\n"
                          "include __DIR__ . '/t/' . $p . '.php';"),
                     {"/srv/app/src 0700 root:root dir", ""},
                     file("/srv/app/src/boot.php", ""),
                     {"/srv/app/public/t/home.php 0600 root:root", "<p>"},
                     {"/srv/app/public/vendor/x/tests/t.php 0600 root:root", "<?php"}});
  std::string refused;
  for (const auto& row : audit.facts.rows<facts::Access>())
    if (!row.allowed) refused += row.component + " by " + row.user + ", " + row.effect + "\n";
  EXPECT_EQ(refused,
            "/srv/app/public/t/home.php by www-data, a warning, and what the file brings is "
            "missing\n/srv/app/src by www-data, HTTP 500\n");
}

TEST(Php, ProblemsThatNothingReachesAreInDoubt) {
  const Audit audit({file("/srv/app/public/index.php", "require __DIR__ . '/a.php';"),
                     file("/srv/app/public/a.php", "if (;"),
                     file("/srv/app/public/vendor/x/src/t.php", "if (;")});
  std::string found;
  for (const auto& row : audit.facts.rows<facts::SyntaxProblem>())
    found += row.severity + " " + row.path + "\n";
  EXPECT_EQ(found, "error /srv/app/public/a.php\nwarning /srv/app/public/vendor/x/src/t.php\n");
}

TEST(Php, ALibraryBehindASettingMayBeLeftOut) {
  const std::string library = "require 'Zend/Server.php';";
  EXPECT_EQ(missing_in(Audit({file("/srv/app/public/index.php",
                                   "if ($conf['rpc'] == false) { die('off'); }\n" + library)})),
            "'Zend/Server.php': the script may end before it, where a setting is off: \n");
  EXPECT_EQ(missing_in(Audit({file("/srv/app/public/index.php", library)})),
            "'Zend/Server.php': : \n");
}

TEST(Php, ANameThatAnotherBranchFindsIsNotMissed) {
  EXPECT_EQ(missing_in(Audit({file("/srv/app/public/index.php",
                                   "$p = './';\nif ($_GET['x']) $p = '../';\n"
                                   "require __DIR__ . '/' . $p . 'common.php';"),
                              file("/srv/app/public/common.php", "")})),
            "__DIR__ . '/' . $p . 'common.php': another name may take its place: \n");
}

TEST(Php, OnlyTheFirstUnexpectedWordIsToldAsPhpDoes) {
  const Audit audit(
      {file("/srv/app/public/index.php", "$a = ;\nif ($c ==) {\n} else {\n echo $d);\n}\n")});
  std::string found;
  for (const auto& row : audit.facts.rows<facts::SyntaxProblem>())
    found += std::to_string(row.line.value_or(0)) + " " + row.message + "\n";
  EXPECT_EQ(found, "2 syntax error, unexpected token \";\"\n");
}

TEST(Php, EndsOnDefinitionsThatLeadBackToThemselves) {
  EXPECT_EQ(index_of("const A = B; const B = A; function f() { return f(); } require A . f();"),
            "require dynamic \n");
  std::string many = "$a = 'x'";
  for (int i = 0; i < 20'000; ++i) many += " . $a";
  EXPECT_EQ(index_of(many + "; require $a;"), "require dynamic \n");
}

// Files of one content are parsed once, and each is told of in its own place.
TEST(Php, SitesOfTheSameFilesAreToldApart) {
  Audit audit({}, false);
  for (const std::string root : {"/srv/one", "/srv/two"}) {
    audit.tree.add(root + "/index.php 0644 root:root", "<?php\nrequire __DIR__ . '/inc/a.php';\n");
    audit.tree.add(root + "/inc/a.php 0644 root:root", "<?php\nfunction f() { return 1; }\n");
    audit.tree.add(root + "/inc/b.php 0644 root:root", "<?php\nrequire __DIR__ . '/c.php';\n");
    audit.tree.add(root + "/broken.php 0644 root:root", "<?php\nf(;\n");
  }
  Survey survey(audit.tree, audit.sources, audit.facts);
  read_php(survey, {{"php", "/srv/one", false}, {"php", "/srv/two", false}});
  EXPECT_EQ(audit.broken(),
            "/srv/one/inc/b.php:2 require missing /srv/one/inc/c.php -> '/a.php'\n"
            "/srv/two/inc/b.php:2 require missing /srv/two/inc/c.php -> '/a.php'\n");
  std::vector<std::string> refused;
  for (const auto& row : audit.facts.rows<facts::SyntaxProblem>()) refused.push_back(row.path);
  EXPECT_EQ(refused, (std::vector<std::string>{"/srv/one/broken.php", "/srv/two/broken.php"}));
}

}  // namespace
}  // namespace stackaudit::stack

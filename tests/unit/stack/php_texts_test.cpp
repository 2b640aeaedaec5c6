// The texts that expressions of PHP make: functions over texts, heredocs, names put together.
#include "support/php_lost.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

using test::lost;

TEST(PhpTexts, TextsOfTexts) {
  EXPECT_EQ(lost("$e = substr(strrchr(__FILE__, '.'), 1); require \"./inc/b.$e\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("require strtr('{d}/inc/{f}', ['{d}' => __DIR__, '{f}' => 'b.php']);"),
            "missing inc/b.php");
}

TEST(PhpTexts, Heredocs) {
  EXPECT_EQ(lost("$d = __DIR__; require <<<P\n  $d/inc/a.php\n  P;"), "");
  EXPECT_EQ(lost("$d = __DIR__; require <<<P\n$d/inc/b.php\nP;"), "missing inc/b.php");
  EXPECT_EQ(lost("require __DIR__ . <<<'P'\n\t/inc/a.php\n\tP;"), "");
}

TEST(PhpTexts, OnlyWhatIsCloseByIsSuggested) {
  const auto nearest = [](const std::string& other, const std::string& code) {
    tree::MemoryTree tree;
    tree.add("/srv/www/index.php 0644 root:root", "<?php\n" + code);
    tree.add("/srv/www/" + other + " 0644 root:root", "<?php\n");
    const auto facts = test::read_www(tree);
    std::string out;
    for (const auto& row : facts.rows<facts::Reference>()) out += row.nearest;
    return out;
  };
  const std::string composer = "require __DIR__ . '/vendor/autoload.php';";
  EXPECT_EQ(nearest("lib/mail/autoload.php", composer), "");
  EXPECT_EQ(nearest("lib/vendor/autoload.php", composer), "/srv/www/lib/vendor/autoload.php");
  EXPECT_EQ(nearest("a/b/c/d/init.php", "require __DIR__ . '/inc/init.php';"), "");
  EXPECT_EQ(nearest("a/b/c/inc/init.php", "require __DIR__ . '/inc/init.php';"),
            "/srv/www/a/b/c/inc/init.php");
  EXPECT_EQ(nearest("includes/init.php", "require __DIR__ . '/inc/init.php';"),
            "/srv/www/includes/init.php");
  EXPECT_EQ(nearest("a/b/c/d/shop-cart.php", "require __DIR__ . '/inc/shop-cart.php';"),
            "/srv/www/a/b/c/d/shop-cart.php");
}

// Paths that functions put together with the system's separator, which a comparison asks for.
TEST(PhpTexts, TheSeparatorInFunctions) {
  const std::string in_root =
      "function p($p = '') { return __DIR__ . ($p !== '' ? DIRECTORY_SEPARATOR . $p : ''); } ";
  EXPECT_EQ(lost(in_root + "require p('inc/a.php');"), "");
  EXPECT_EQ(lost(in_root + "require p('inc/b.php');"), "missing inc/b.php");
  EXPECT_EQ(lost(in_root + "require p('inc' . DIRECTORY_SEPARATOR . 'b.php');"),
            "missing inc/b.php");
  EXPECT_EQ(lost("function w() { return DIRECTORY_SEPARATOR == '\\\\'; } "
                 "if (w()) require __DIR__ . '/inc/b.php';"),
            "missing inc/b.php guarded");
}

TEST(PhpTexts, Functions) {
  EXPECT_EQ(lost("require __DIR__ . '/' . ucfirst('a') . '.php';"), "missing A.php");
  EXPECT_EQ(lost("require vsprintf('%s/%s.php', [__DIR__ . '/inc', 'b']);"), "missing inc/b.php");
  EXPECT_EQ(lost("enum P: string { case A = 'b'; } require __DIR__ . '/' . P::A->value . '.php';"),
            "missing b.php");
}

TEST(PhpTexts, NamesOfWhichOnlyTheEndIsWritten) {
  const auto nearest = [](const std::string& code) {
    tree::MemoryTree tree;
    tree.add("/srv/www/index.php 0644 root:root", "<?php\n" + code);
    tree.add("/srv/www/inc/settings.php 0644 root:root", "<?php\n");
    const auto facts = test::read_www(tree);
    std::string out;
    for (const auto& row : facts.rows<facts::Reference>()) out += row.state + " " + row.nearest;
    return out;
  };
  EXPECT_EQ(nearest("require $_GET['d'] . '/inc/settngs.php';"),
            "dynamic /srv/www/inc/settings.php");
  EXPECT_EQ(nearest("require $_GET['d'] . '/inc/settings.php';"), "dynamic ");
  EXPECT_EQ(nearest("require $_GET['d'] . '/other/thing.php';"), "dynamic ");
  EXPECT_EQ(nearest("@include $_GET['d'] . 'inc/settngs.php';"),
            "dynamic /srv/www/inc/settings.php");
}

TEST(PhpTexts, WordsOfListsAreReplacedInTurn) {
  EXPECT_EQ(lost("$c = 'App\\\\Mail'; require __DIR__ . '/inc/' . "
                 "str_replace(['App\\\\', '\\\\'], ['', '/'], $c) . '.php';"),
            "missing inc/Mail.php");
  EXPECT_EQ(lost("require __DIR__ . str_replace(['-', 'x'], '/', '-incxb.php');"),
            "missing inc/b.php");
}

// What stands in a file without any include or constant of its own is known to others.
// The class stands in a file that loads nothing.
TEST(PhpTexts, NamesThatMethodsOfOtherFilesMake) {
  tree::MemoryTree tree;
  tree.add("/srv/www/index.php 0644 root:root",
           "<?php\nrequire __DIR__ . '/paths.php';\n$p = new Paths(__DIR__);\n"
           "require $p->config('a');\nrequire $p->config('b');\n");
  tree.add("/srv/www/paths.php 0644 root:root",
           "<?php\nclass Paths {\n  function __construct(private readonly string $root) {}\n"
           "  function config($n) { return \"{$this->root}/config/{$n}.php\"; }\n}\n");
  tree.add("/srv/www/config/a.php 0644 root:root", "<?php\n");
  EXPECT_EQ(test::missing_in_www(tree), "/srv/www/config/b.php ");
}

TEST(PhpTexts, NamesThatOtherFilesMakeOfConstants) {
  tree::MemoryTree tree;
  tree.add("/srv/www/index.php 0644 root:root",
           "<?php\ndefine('ROOT', __DIR__);\nrequire ROOT . '/lib.php';\n"
           "require in_root('a.php');\nrequire Paths::$lib . '/b.php';\n");
  tree.add(
      "/srv/www/lib.php 0644 root:root",
      "<?php\nfunction in_root(string $name): string { return ROOT . '/' . ltrim($name, '/'); }\n"
      "class Paths { public static string $lib = ROOT . '/lib'; }\n");
  EXPECT_EQ(test::missing_in_www(tree), "/srv/www/a.php /srv/www/lib/b.php ");
}

TEST(PhpTexts, DirectoriesThatOtherFilesKeep) {
  tree::MemoryTree tree;
  tree.add("/srv/www/index.php 0644 root:root",
           "<?php\nrequire __DIR__ . '/app.php';\nApp::init(__DIR__);\n"
           "require App::$dir . 'b.php';\n");
  tree.add(
      "/srv/www/app.php 0644 root:root",
      "<?php\nclass App {\n  public static string $dir = '';\n"
      "  static function init(string $root) { static::$dir = rtrim($root, '/') . '/src/'; }\n}\n");
  EXPECT_EQ(test::missing_in_www(tree), "/srv/www/src/b.php ");
}

}  // namespace
}  // namespace stackaudit::stack

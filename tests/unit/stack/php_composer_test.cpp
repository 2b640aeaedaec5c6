// Classes that Composer's autoloader finds beside the document root, and libraries without which a
// script ends.
#include "stack/php/php.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack {
namespace {

// "path:line kind resolved" of what is missing, where /srv/shop/public is looked at.
std::string lost(std::vector<std::pair<std::string, std::string>> files) {
  tree::MemoryTree tree;
  const std::string composer = "/srv/shop/vendor/composer/";
  files.insert(
      files.end(),
      {{"/srv/shop/vendor/autoload.php", "<?php\nrequire __DIR__ . '/composer/autoload_real.php';"},
       {composer + "autoload_real.php", "<?php\nspl_autoload_register('x');"},
       {composer + "autoload_psr4.php",
        "<?php\n$vendorDir = dirname(__DIR__);\n$baseDir = dirname($vendorDir);\nreturn array(\n"
        "    'Shop\\\\' => array($baseDir . '/src'),\n);\n"},
       {composer + "autoload_classmap.php",
        "<?php\n$vendorDir = dirname(__DIR__);\n$baseDir = dirname($vendorDir);\nreturn array(\n"
        "    'Cart' => $baseDir . '/lib/cart.php',\n    'Gone' => $baseDir . '/lib/gone.php',\n"
        "    'Other' => $vendorDir . '/a/b.php',\n);\n"}});
  for (const auto& [path, text] : files) tree.add(path + " 0644 root:root", text);
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  read_php(survey, {{"php", "/srv/shop/public", false}});
  std::vector<std::string> lines;
  for (const auto& row : facts.rows<facts::Reference>())
    if (row.state == "missing")
      lines.push_back(row.path + ":" + std::to_string(row.line.value_or(0)) + " " + row.kind + " " +
                      row.resolved);
  std::ranges::sort(lines);
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

const std::string kIndex = "<?php\nrequire __DIR__ . '/../vendor/autoload.php';\n";

TEST(PhpComposer, ClassesBesideTheDocumentRootAreFollowed) {
  EXPECT_EQ(lost({{"/srv/shop/public/index.php", kIndex + "new Shop\\Kernel();"},
                  {"/srv/shop/src/Kernel.php",
                   "<?php\nnamespace Shop;\nrequire __DIR__ . '/helpers.php';\nclass Kernel {}"}}),
            "/srv/shop/src/Kernel.php:3 require /srv/shop/src/helpers.php\n");
  EXPECT_EQ(lost({{"/srv/shop/public/index.php", kIndex + "new Shop\\Kernel();"},
                  {"/srv/shop/src/Kernel.php",
                   "<?php\nnamespace Shop;\nclass Kernel { function f() { new Db\\Table(); } }"},
                  {"/srv/shop/src/Db/table.php", "<?php\nnamespace Shop\\Db;\nclass Table {}"}}),
            "/srv/shop/src/Kernel.php:3 autoload /srv/shop/src/Db/Table.php\n");
  EXPECT_EQ(
      lost({{"/srv/shop/public/index.php", kIndex + "new Cart();"},
            {"/srv/shop/lib/cart.php", "<?php\nclass Cart {}\nrequire __DIR__ . '/no.php';"}}),
      "/srv/shop/lib/cart.php:3 require /srv/shop/lib/no.php\n");
  EXPECT_EQ(lost({{"/srv/shop/public/index.php", kIndex + "new Other();"}}), "");
}

TEST(PhpComposer, FilesOfTheList) {
  const std::pair<std::string, std::string> list{
      "/srv/shop/vendor/composer/autoload_files.php",
      "<?php\n$vendorDir = dirname(__DIR__);\n$baseDir = dirname($vendorDir);\nreturn array(\n"
      "    'a' => $baseDir . '/src/helpers.php',\n);\n"};
  EXPECT_EQ(lost({{"/srv/shop/public/index.php", kIndex}, list}),
            "/srv/shop/vendor/composer/autoload_files.php:5 require /srv/shop/src/helpers.php\n");
  EXPECT_EQ(
      lost(
          {{"/srv/shop/public/index.php", kIndex}, list, {"/srv/shop/src/helpers.php", "<?php\n"}}),
      "");
}

// Composer writes it along with the list, and PHP loads it.
TEST(PhpComposer, TheStaticListStandsForTheOther) {
  const std::string composer = "/srv/shop/vendor/composer/";
  const std::pair<std::string, std::string> list{
      composer + "autoload_files.php",
      "<?php\n$vendorDir = dirname(__DIR__);\nreturn array(\n"
      "    'a' => $vendorDir . '/a/bootstrap.php',\n);\n"};
  const std::pair<std::string, std::string> fixed{
      composer + "autoload_static.php",
      "<?php\nnamespace Composer\\Autoload;\nclass ComposerStaticInit1\n{\n"
      "    public static $files = array (\n"
      "        'a' => __DIR__ . '/..' . '/a/bootstrap.php',\n    );\n}\n"};
  const std::string index = kIndex + "require __DIR__ . '/../vendor/composer/autoload_static.php';";
  EXPECT_EQ(lost({{"/srv/shop/public/index.php", index}, list, fixed}),
            composer + "autoload_static.php:6 require /srv/shop/vendor/a/bootstrap.php\n");
  EXPECT_EQ(lost({{"/srv/shop/public/index.php", index},
                  list,
                  fixed,
                  {"/srv/shop/vendor/a/bootstrap.php", "<?php\n"}}),
            "");
}

TEST(PhpComposer, WhatTheScriptEndsWithout) {
  const std::string ask = "<?php\n$f = __DIR__ . '/lib/a.php';\nif (!file_exists($f)) { ";
  const auto index = [](std::string code) {
    return std::vector<std::pair<std::string, std::string>>{
        {"/srv/shop/public/index.php", std::move(code)}};
  };
  EXPECT_EQ(lost(index(ask + "throw new Exception('x'); }\nrequire $f;")),
            "/srv/shop/public/index.php:2 require /srv/shop/public/lib/a.php\n");
  EXPECT_EQ(lost(index(ask + "die('run composer install'); }\nrequire $f;")),
            "/srv/shop/public/index.php:2 require /srv/shop/public/lib/a.php\n");
  EXPECT_EQ(lost(index(ask + "header('Location: /setup'); exit; }\nrequire $f;")), "");
  EXPECT_EQ(lost(index(ask + "return; }\nrequire $f;")), "");
  EXPECT_EQ(lost(index("<?php\n$config = __DIR__ . '/config.php';\nif (!is_file($config)) { exit; "
                       "}\nrequire $config;")),
            "");
}

}  // namespace
}  // namespace stackaudit::stack

// What a file loads changes when a file that is found later gives its names a value: here all of
// /srv/lib, which only the includes of /srv/www lead to.
#include "stack/php/php.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

// What is missing.
std::string missing_in(const std::string& page, const std::string& library) {
  MemorySurvey all;
  all.file("/srv/www/index.php 0644 root:root", "<?php\nrequire '/srv/lib/first.php';\n" + page);
  all.file("/srv/www/parts/one.php 0644 root:root", "<?php\n");
  all.file("/srv/lib/first.php 0644 root:root", "<?php\nrequire __DIR__ . '/second.php';\n");
  all.file("/srv/lib/second.php 0644 root:root", "<?php\n" + library);
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/www", false}});
  std::string missing;
  for (const auto& row : all.facts.rows<facts::Reference>())
    if (row.state == "missing") missing += row.resolved;
  return missing;
}

TEST(PhpRounds, ALaterFileDefinesTheConstant) {
  EXPECT_EQ(missing_in("require LIB . '/none.php';\n", "define('LIB', __DIR__);\n"),
            "/srv/lib/none.php");
}

TEST(PhpRounds, ALaterFileDefinesTheFunction) {
  EXPECT_EQ(missing_in("require lib('none');\n",
                       "function lib($name) { return __DIR__ . \"/$name.php\"; }\n"),
            "/srv/lib/none.php");
}

TEST(PhpRounds, ALaterFileDefinesTheClass) {
  EXPECT_EQ(missing_in("require Lib::DIR . '/none.php';\n", "class Lib { const DIR = __DIR__; }\n"),
            "/srv/lib/none.php");
}

TEST(PhpRounds, ALaterFileReturnsTheSettings) {
  EXPECT_EQ(
      missing_in("$all = require '/srv/lib/second.php';\nrequire $all['dir'] . '/none.php';\n",
                 "return ['dir' => __DIR__];\n"),
      "/srv/lib/none.php");
}

TEST(PhpRounds, ALaterFileCallsTheFunction) {
  EXPECT_EQ(missing_in("function load($name) {\n  require __DIR__ . \"/parts/$name.php\";\n}\n",
                       "$all = 1;\nload('none');\n"),
            "/srv/www/parts/none.php");
}

TEST(PhpRounds, ALaterFileMakesTheObject) {
  EXPECT_EQ(missing_in("class Loader {\n"
                       "  public function __construct($dir) { $this->dir = $dir; }\n"
                       "  public function load() { require $this->dir . '/none.php'; }\n"
                       "}\n",
                       "(new Loader(__DIR__))->load();\n"),
            "/srv/lib/none.php");
}

TEST(PhpRounds, ALaterFileDefinesAnotherValue) {
  EXPECT_EQ(missing_in("defined('DIR') || define('DIR', '/srv/www');\nrequire DIR . '/none.php';\n",
                       "define('DIR', __DIR__);\n"),
            "/srv/lib/none.php");
}

}  // namespace
}  // namespace stackaudit::stack

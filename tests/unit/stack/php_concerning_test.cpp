// Which of several things of one name a file of PHP means: of tests, of other plugins, of the entry
// point around it, of constants that are named at run time. All forms stand in published programs.
#include "unit/stack/php_memory.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

constexpr const char* kPlugins = "/srv/www/wp-content/plugins/";

TEST(PhpConcerning, TestsDefineForThemselves) {
  MemorySurvey all;
  php(all, "/srv/www/index.php",
      "if (!defined('HOME')) define('HOME', __DIR__ . '/inc/');\nrequire HOME . 'a.php';\n");
  php(all, "/srv/www/inc/a.php", "");
  php(all, "/srv/www/tests/start.php", "define('HOME', __DIR__ . '/none/');\n");
  EXPECT_EQ(references(all), "/srv/www/index.php:3 require HOME . 'a.php' found\n");
}

TEST(PhpConcerning, SamplesOfSettingsAreCopiedFirst) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require HOME . 'a.php';\n");
  php(all, "/srv/www/dist-configure.php", "define('HOME', '/var/www/vhost/account/');\n");
  EXPECT_EQ(references(all), "/srv/www/index.php:2 require HOME . 'a.php' dynamic\n");
}

TEST(PhpConcerning, APlaceholderIsNoDirectory) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require HOME . 'a.php';\n");
  php(all, "/srv/www/settings.php", "define('HOME', '/srv/%%_DIR_HOME_%%/');\n");
  EXPECT_EQ(references(all), "/srv/www/index.php:2 require HOME . 'a.php' dynamic\n");
}

TEST(PhpConcerning, ATemplateIsFilledInWhereItIsCopiedTo) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "");
  php(all, "/srv/www/inc/part.php", "if (isset($home)) require $home . 'inc/a.php';\n");
  php(all, "/srv/www/views/drop-in.php", "$home = '{{HOME_PATH}}';\nrequire $home . 'b.php';\n");
  EXPECT_EQ(references(all),
            "/srv/www/inc/part.php:2 require $home . 'inc/a.php' dynamic\n"
            "/srv/www/views/drop-in.php:3 require $home . 'b.php' dynamic\n");
}

TEST(PhpConcerning, AnExtensionMirrorsTheDirectoriesOfItsProgram) {
  MemorySurvey all;
  php(all, "/srv/www/admin/index.php", "require $_GET['page'];\n");
  php(all, "/srv/www/admin/inc/top.php", "");
  php(all, "/srv/www/extensions/one/admin/page.php", "require './inc/top.php';\nexit;\n");
  php(all, "/srv/www/extensions/one/other/page.php", "require './inc/top.php';\nexit;\n");
  EXPECT_EQ(doubts(all),
            "/srv/www/extensions/one/admin/page.php:2 whoever loads this file may be where it is "
            "found\n/srv/www/extensions/one/other/page.php:2 \n");
}

TEST(PhpConcerning, AFileThatUsesWhatAnotherDefinesIsLoaded) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "define('CLASSES', './inc/');\nrequire $_GET['page'];\n");
  php(all, "/srv/www/inc/a.php", "");
  php(all, "/srv/www/pages/cart/page.php", "require CLASSES . 'a.php';\n");
  (void)references(all);
  ASSERT_EQ(all.facts.rows<facts::Reference>().size(), 2U);
  EXPECT_EQ(all.facts.rows<facts::Reference>()[1].doubt,
            "whoever loads this file may be where it is found");
}

TEST(PhpConcerning, AClassThatOnlyAnEditorReads) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "echo Yii::t('a');\n");
  php(all, "/srv/www/config/__autocomplete.php", "class Yii { public static $app; }\n");
  php(all, "/srv/www/cache.php", "echo Redis::OPT_PREFIX;\n");
  php(all, "/srv/www/psalm/stubs/redis.php", "class Redis { const OPT_SCAN = 4; }\n");
  EXPECT_EQ(problems(all), "");
}

TEST(PhpConcerning, PropertiesOfAnotherPlugin) {
  MemorySurvey all;
  const std::string plugins = kPlugins;
  php(all, "/srv/www/wp-load.php", "");
  php(all, "/srv/www/wp-settings.php", "");
  php(all, plugins + "one/one.php",
      "/* Plugin Name: One */\nclass One {\n public $dir = __DIR__ . '/inc/';\n"
      "function go() { require $this->dir . 'a.php'; } }\n");
  php(all, plugins + "one/inc/a.php", "");
  php(all, plugins + "two/two.php",
      "/* Plugin Name: Two */\nclass Two {\n function __construct() { $this->dir = __DIR__ . "
      "'/lib/'; }\n}\n");
  php(all, plugins + "two/part.php",
      "class Part {\n function go() { require $this->dir . 'b.php'; "
      "}\n}\n");
  php(all, plugins + "two/lib/b.php", "");
  php(all, plugins + "three/three.php",
      "/* Plugin Name: Three */\nfunction go_three($x) { require $x->dir . 'c.php'; }\n");
  EXPECT_EQ(references(all), plugins + "one/one.php:5 require $this->dir . 'a.php' found\n" +
                                 plugins + "three/three.php:3 require $x->dir . 'c.php' dynamic\n" +
                                 plugins + "two/part.php:3 require $this->dir . 'b.php' found\n");
}

TEST(PhpConcerning, AGuardedFileStartsWhereItsConstantIsDefined) {
  MemorySurvey all;
  php(all, "/srv/www/index.php",
      "define('ROOT', './');\ninclude ROOT . 'steps/' . $_GET['step'] . '.php';\n");
  php(all, "/srv/www/inc/a.php", "");
  php(all, "/srv/www/steps/1.php",
      "defined('ROOT') or die('no');\nrequire ROOT . 'inc/a.php';\nrequire ROOT . 'inc/b.php';\n");
  php(all, "/srv/www/steps/2.php",
      "if (!defined('ROOT')) { exit; }\nrequire ROOT . 'inc/a.php';\n");
  EXPECT_EQ(
      references(all),
      "/srv/www/index.php:3 include ROOT . 'steps/' . $_GET['step'] . '.php' dynamic optional\n"
      "/srv/www/steps/1.php:3 require ROOT . 'inc/a.php' found\n"
      "/srv/www/steps/1.php:4 require ROOT . 'inc/b.php' missing ~/srv/www/inc/a.php\n"
      "/srv/www/steps/2.php:3 require ROOT . 'inc/a.php' found\n");
}

TEST(PhpConcerning, FunctionsRunWhereTheScriptWentTo) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "");
  php(all, "/srv/www/lib/a.php", "");
  php(all, "/srv/www/work/index.php",
      "chdir('..');\ngo();\nfunction go() { require './lib/a.php'; require './lib/none.php'; }\n");
  EXPECT_EQ(references(all),
            "/srv/www/work/index.php:4 require './lib/a.php' found\n"
            "/srv/www/work/index.php:4 require './lib/none.php' dynamic\n");
}

TEST(PhpConcerning, ConstantsThatAreNamedAtRunTime) {
  MemorySurvey all;
  php(all, "/srv/www/index.php",
      "foreach (['ARCHIVES' => 1] as $n => $v) define('PAT_' . $n, $v);\ndefine('PATH_ARCHIVES', "
      "1);"
      "\ndefine('PATH_OTHER', 2);\necho PAT_ARCHIVES;\necho PAHT_OTHER;\n");
  EXPECT_EQ(problems(all),
            "/srv/www/index.php:6 error undefined constant PAHT_OTHER, but PATH_OTHER is there\n");
}

TEST(PhpConcerning, ConstantsThatMayHaveAnyName) {
  MemorySurvey all;
  php(all, "/srv/www/index.php",
      "foreach (parse_ini_file('x.ini') as $n => $v) define($n, $v);\ndefine('PATH_OTHER', 2);\n"
      "echo PAHT_OTHER;\n");
  EXPECT_EQ(
      problems(all),
      "/srv/www/index.php:4 warning undefined constant PAHT_OTHER, but PATH_OTHER is there\n");
}

TEST(PhpConcerning, ConstantsOfAnExtensionBeforeDefine) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "define(SQLITE3_ASSOC, 0);\ndefine(ACME_HOME, 1);\n");
  EXPECT_EQ(
      problems(all),
      "/srv/www/index.php:3 error undefined constant ACME_HOME: the name that define() takes is "
      "a text\n");
}

TEST(PhpConcerning, AClassThatIsNamedFromTheRoot) {
  MemorySurvey all;
  php(all, "/srv/www/index.php",
      "namespace Acme;\nclass Box { static function open($x) { return $x; } }\n"
      "array_map(array('\\\\Acme\\\\Box', 'open'), [1]);\n");
  EXPECT_EQ(problems(all), "");
}

TEST(PhpConcerning, HiddenFilesAreForEditors) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "class Box { function open() {} }\n");
  php(all, "/srv/www/.phpstorm.meta.php",
      "namespace PHPSTORM_META { override(\\Box::open(0), map([])); require 'none.php'; }\n");
  EXPECT_EQ(problems(all), "");
  EXPECT_EQ(dump_references(all.facts), "");
}

// A file beside the document root, found by a part of its name, is of the application that loads
// it.
TEST(PhpConcerning, FilesOutsideAreOfTheApplicationThatLoadsThem) {
  MemorySurvey all;
  php(all, "/srv/www/longer/one/index.php", "require __DIR__ . '/../lib/config.php';\n");
  php(all, "/srv/www/longer/lib/config.php", "class Config { function get() {} }\n");
  php(all, "/srv/www/two/index.php", "require __DIR__ . '/../common.php';\n");
  php(all, "/srv/www/common.php",
      "require __DIR__ . '/lib/Config.php';\nrequire __DIR__ . '/model/' . $_GET['x'] . '.php';\n");
  php(all, "/srv/www/lib/Config.php", "class Config { static function read() {} }\n");
  php(all, "/srv/www/model/Page.php", "Config::read();\n");
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/www/longer/one", false}, {"php", "/srv/www/two", false}});
  EXPECT_EQ(dump_problems(all.facts), "");
}

TEST(PhpConcerning, MembersOfAnotherApplicationAreOthers) {
  MemorySurvey all;
  php(all, "/srv/a/index.php", "$this->root = ''; class A { public $root = '/elsewhere'; }\n");
  php(all, "/srv/b/index.php",
      "require __DIR__ . '/config.php'; $c = new C(__DIR__); require $c->root . '/x.php';\n");
  php(all, "/srv/b/config.php",
      "class C { function __construct($root) { $this->root = $root; } }\n");
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/a", false}, {"php", "/srv/b", false}});
  const auto& rows = all.facts.rows<facts::Reference>();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].resolved, "/srv/b/x.php");
}

// A file that lies outside of the application, under a path that is shorter than the root.
TEST(PhpConcerning, AShortPathOutsideOfTheApplication) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require '/l.php';\n");
  php(all, "/l.php", "require __DIR__ . '/b.php';\n");
  EXPECT_EQ(doubts(all), "/l.php:2 \n");
}

TEST(PhpConcerning, SomebodySetsAllPropertiesOfAnObject) {
  const auto doubt = [](const std::string& body) {
    MemorySurvey all;
    php(all, "/srv/www/a.php",
        "class A { function go() { " + body + " require $this->dir . '/part.php'; } }\n");
    php(all, "/srv/www/b.php", "class B { public $dir = __DIR__ . '/of-b'; }\n");
    php(all, "/srv/www/index.php", "require 'a.php'; require 'b.php'; (new A())->go();\n");
    return doubts(all);
  };
  EXPECT_NE(doubt(""), "");
  EXPECT_EQ(doubt("foreach ($given as $name => $value) $this->{$name} = $value;"), "");
  EXPECT_EQ(doubt("foreach ($given as $name => $value) $this->$name = $value;"), "");
}

TEST(PhpConcerning, SettingsThatPhpIsToRefuse) {
  const auto found = [](const std::string& text) {
    MemorySurvey all;
    all.file("/srv/www/conf.php 0644 root:root", text);
    return problems(all);
  };
  EXPECT_EQ(found(";<?php exit; /*\n[main]\nname = \"x\"\n"), "");
  EXPECT_NE(found("<?php exit; /*\n[main]\n"), "");
}

TEST(PhpConcerning, ASampleIsRunByNobody) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require __DIR__ . '/live-sample.php';\n");
  php(all, "/srv/www/live-sample.php", "require '/var/none/a.php';\n");
  php(all, "/srv/www/mainfile.dist.php", "require '/var/none/b.php';\n");
  EXPECT_EQ(doubts(all),
            "/srv/www/live-sample.php:2 \n"
            "/srv/www/mainfile.dist.php:2 its file is a sample that is copied first\n");
}

TEST(PhpConcerning, TestsKeepFilesThatAreToBeRefused) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require __DIR__ . '/tests/used.php';\n");
  php(all, "/srv/www/tests/used.php", "f(;\n");
  php(all, "/srv/www/tests/fixtures/broken.php", "f(;\n");
  php(all, "/srv/www/other/broken.php", "f(;\n");
  EXPECT_EQ(problems(all),
            "/srv/www/other/broken.php:2 warning syntax error, unexpected token \";\"\n"
            "/srv/www/tests/used.php:2 error syntax error, unexpected token \";\"\n");
}

}  // namespace
}  // namespace stackaudit::stack

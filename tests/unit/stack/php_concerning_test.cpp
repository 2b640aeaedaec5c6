// Which of several things of one name a file of PHP means: of tests, of other plugins, of the entry
// point around it, of constants that are named at run time. All forms stand in published programs.
#include "stack/php/php.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

constexpr const char* kPlugins = "/srv/www/wp-content/plugins/";

MemorySurvey& php(MemorySurvey& all, const std::string& path, const std::string& code) {
  return all.file(path + " 0644 root:root", "<?php\n" + code);
}

std::string references(MemorySurvey& all) {
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/www", false}});
  return dump_references(all.facts);
}

// Of what is missing.
std::string doubts(MemorySurvey& all) {
  (void)references(all);
  std::string out;
  for (const auto& row : all.facts.rows<facts::Reference>())
    if (row.state == "missing") out += where(row) + " " + row.doubt + "\n";
  return out;
}

std::string problems(MemorySurvey& all) {
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/www", false}});
  return dump_problems(all.facts);
}

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

TEST(PhpConcerning, WhatComposerInstallsIsNotInACheckout) {
  const auto doubt = [](const std::string& ignored, bool served, bool installed = false) {
    MemorySurvey all;
    if (installed) php(all, "/srv/www/vendor/other.php", "");
    php(all, "/srv/www/public/index.php", "require __DIR__ . '/../vendor/autoload.php';\n");
    all.file("/srv/www/composer.json 0644 root:root", "{}");
    all.file("/srv/www/.gitignore 0644 root:root", ignored);
    auto survey = all.open();
    if (served) {
      survey.document_roots.push_back({});
      survey.document_roots.back().path = "/srv/www/public";
      survey.document_roots.back().php = "unix:/run/www.sock";
    }
    read_php(survey, {{"php", "/srv/www", false}});
    const auto& rows = all.facts.rows<facts::Reference>();
    return rows.empty() ? "nothing" : rows[0].state + ": " + rows[0].doubt;
  };
  EXPECT_EQ(doubt("/node_modules\n/vendor/\n", false),
            "missing: not installed: composer install makes vendor/");
  EXPECT_EQ(doubt("vendor\n", true), "missing: ");
  EXPECT_EQ(doubt("/node_modules\n", false),
            "missing: not installed: composer install makes vendor/");
  EXPECT_EQ(doubt("/node_modules\n", false, true), "missing: ");
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

TEST(PhpConcerning, SettingsAreMadeOfASampleAtInstallation) {
  const auto doubt = [](const std::string& sample) {
    MemorySurvey all;
    php(all, "/srv/www/index.php", "require __DIR__ . '/config.inc.php';\n");
    php(all, "/srv/www/" + sample, "");
    (void)references(all);
    return all.facts.rows<facts::Reference>()[0].doubt;
  };
  for (const auto* sample : {"config.inc.dist.php", "config.sample.inc.php", "config-dist.inc.php",
                             "config.inc.php.example", "config.inc.php.new", "dist-config.inc.php"})
    EXPECT_EQ(doubt(sample), "not installed: it is made of the sample beside it") << sample;
  EXPECT_EQ(doubt("config.php"), "");
  EXPECT_EQ(doubt("other.inc.dist.php"), "");
}

TEST(PhpConcerning, WhatGitLeavesOutIsMade) {
  const auto doubt = [](const std::string& line, const std::string& code) {
    MemorySurvey all;
    php(all, "/srv/www/web/index.php", code);
    all.file("/srv/www/.gitignore 0644 root:root", "# made\n" + line + "\n");
    return doubts(all);
  };
  const std::string core = "require __DIR__ . '/wp/wp-blog-header.php';\n";
  const std::string left_out = "/srv/www/web/index.php:2 not installed: Git leaves it out\n";
  for (const auto* line : {"web/wp", "/web/wp/", "wp/", "web/wp/*", "wp-blog-header.php"})
    EXPECT_EQ(doubt(line, core), left_out) << line;
  for (const auto* line : {"wp/web", "/wp", "web/w", "#web/wp", "!web/wp", "blog"})
    EXPECT_EQ(doubt(line, core), "/srv/www/web/index.php:2 \n") << line;
}

TEST(PhpConcerning, WhatIsCopiedElsewhereFindsItsFilesThere) {
  const auto doubt = [](const std::string& file) {
    MemorySurvey all;
    php(all, "/srv/www/" + file, "require dirname(__DIR__) . '/vendor/autoload.php';\n");
    return doubts(all);
  };
  const auto copied = [&](const std::string& file) {
    return doubt(file) ==
           "/srv/www/" + file + ":2 not installed: the file is copied from here to where it runs\n";
  };
  EXPECT_TRUE(copied("bundle/skeleton/public/index.php"));
  EXPECT_TRUE(copied("roles/web/templates/app/config.php"));
  EXPECT_TRUE(copied("ansible/roles/web/files/index.php"));
  EXPECT_FALSE(copied("roles/templates.php"));
  EXPECT_FALSE(copied("templates/index.php"));
}

// A file that lies outside of the application, under a path that is shorter than the root.
TEST(PhpConcerning, AShortPathOutsideOfTheApplication) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require '/l.php';\n");
  php(all, "/l.php", "require __DIR__ . '/b.php';\n");
  EXPECT_EQ(doubts(all), "/l.php:2 \n");
}

// A bare directory is asked for as a whole: what continuous integration runs sets no constants of
// the application.
TEST(PhpConcerning, HiddenDirectoriesAreForTools) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require ROOT . '/a.php';\n");
  php(all, "/srv/www/.github/run.php", "define('ROOT', __DIR__);\n");
  EXPECT_EQ(doubts(all), "");
}

TEST(PhpConcerning, TemplatesOfACheckoutAreNotRead) {
  const auto problems = [](const std::string& code) {
    MemorySurvey all;
    php(all, "/srv/www/config.php", code);
    (void)references(all);
    return all.facts.rows<facts::SyntaxProblem>().size();
  };
  EXPECT_EQ(problems("$port = {{ (PORT | default(80)) | int }};\n"), 0U);
  EXPECT_EQ(problems("{% if x %}\n$port = 80;\n"), 0U);
  EXPECT_EQ(problems("$shown = '{{ port }}';\n$port = ;\n"), 1U);
}

TEST(PhpConcerning, GitBringsSubmodulesOnlyIfAsked) {
  const auto doubt = [](const std::string& module, const std::string& held) {
    MemorySurvey all;
    php(all, "/srv/www/web/index.php", "require __DIR__ . '/../lib/saml/load.php';\n");
    all.file("/srv/www/.gitmodules 0644 root:root", "[submodule \"x\"]\n\tpath = " + module + "\n");
    php(all, "/srv/www/lib/" + held, "");
    return doubts(all);
  };
  EXPECT_EQ(doubt("lib/saml", "a.php"),
            "/srv/www/web/index.php:2 not installed: it is of a submodule of Git\n");
  EXPECT_EQ(doubt("lib/sam", "a.php"), "/srv/www/web/index.php:2 \n");
  EXPECT_EQ(doubt("lib/saml", "saml/a.php"), "/srv/www/web/index.php:2 \n");
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

TEST(PhpConcerning, APackageThatIsNotInstalledMayHaveTheFunction) {
  const auto found = [](const std::string& packages) {
    MemorySurvey all;
    php(all, "/srv/www/index.php", "echo post('login');\n");
    php(all, "/srv/www/libs/autoload.php", "");
    all.file("/srv/www/composer.json 0644 root:root", "{\"require\": {" + packages + "}}");
    return problems(all);
  };
  EXPECT_NE(found(R"("php": "^8.0")"), "");
  EXPECT_EQ(found(R"("php": "^8.0", "acme/storm": "^1.2")"), "");
  EXPECT_NE(found(R"("acme/storm": "^1.2"}, "config": {"vendor-dir": "libs")"), "");
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

TEST(PhpConcerning, APluginIsNotTheProgramAroundIt) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require __DIR__ . '/../../config.php';\n");
  EXPECT_EQ(doubts(all), "/srv/www/index.php:2 not installed: the program around it is not here\n");
  MemorySurvey plugin;
  php(plugin, "/srv/www/page.php", "require __DIR__ . '/wp-load.php';\n");
  EXPECT_EQ(doubts(plugin), "/srv/www/page.php:2 not installed: WordPress is not here\n");
  MemorySurvey beside;
  php(beside, "/srv/www/index.php", "require __DIR__ . '/../lib/config.php';\n");
  php(beside, "/srv/lib/other.php", "");
  EXPECT_EQ(doubts(beside), "/srv/www/index.php:2 \n");
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

TEST(PhpConcerning, AThemeInItsRepositoryCallsWordPress) {
  const auto theme = [](const std::string& functions) {
    MemorySurvey all;
    php(all, "/srv/www/functions.php",
        "function theme_setup() {}\nfunction bbp_enqueue_script() {}\n" + functions);
    php(all, "/srv/www/index.php", "get_header();\nwp_enqueue_script('x');\ntheme_setp();\n");
    return problems(all);
  };
  EXPECT_EQ(theme("add_action('init', 'theme_setup');\n"),
            "/srv/www/index.php:4 error undefined function theme_setp(), but theme_setup() is "
            "there\n");
  EXPECT_EQ(theme("function add_action() {}\nfunction get_header() {}\n").substr(0, 27),
            "/srv/www/index.php:3 error ");
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

TEST(PhpConcerning, BladeMakesOtherFilesOfItsTemplates) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "");
  php(all, "/srv/www/views/list.blade.php", "continue; ?>\n@endforeach\n");
  EXPECT_EQ(problems(all), "");
}

}  // namespace
}  // namespace stackaudit::stack

// PHP as it is published, not as it is installed: what a checkout lacks on purpose.
#include "unit/stack/php_memory.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

TEST(PhpCheckout, WhatComposerInstallsIsNotInACheckout) {
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

TEST(PhpCheckout, SettingsAreMadeOfASampleAtInstallation) {
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

TEST(PhpCheckout, WhatGitLeavesOutIsMade) {
  const auto doubt = [](const std::string& line, const std::string& code) {
    MemorySurvey all;
    php(all, "/srv/www/web/index.php", code);
    all.file("/srv/www/.gitignore 0644 root:root", "# made\n" + line + "\n");
    return doubts(all);
  };
  const std::string core = "require __DIR__ . '/wp/start.php';\n";
  const std::string left_out = "/srv/www/web/index.php:2 not installed: Git leaves it out\n";
  for (const auto* line : {"web/wp", "/web/wp/", "wp/", "web/wp/*", "start.php"})
    EXPECT_EQ(doubt(line, core), left_out) << line;
  for (const auto* line : {"wp/web", "/wp", "web/w", "#web/wp", "!web/wp", "blog"})
    EXPECT_EQ(doubt(line, core), "/srv/www/web/index.php:2 \n") << line;
}

TEST(PhpCheckout, WhatIsCopiedElsewhereFindsItsFilesThere) {
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

TEST(PhpCheckout, WhatIsCopiedElsewhereIsFilledInThere) {
  const auto problem = [](const std::string& file) {
    MemorySurvey all;
    php(all, "/srv/www/index.php", "require __DIR__ . '/" + file + "';\n");
    php(all, "/srv/www/" + file, "class ##NAME##Actions\n{\n}\n");
    (void)references(all);
    const auto& rows = all.facts.rows<facts::SyntaxProblem>();
    return rows.empty() ? "nothing" : rows[0].severity;
  };
  EXPECT_EQ(problem("skeleton/actions.php"), "warning");
  EXPECT_EQ(problem("lib/actions.php"), "error");
}

TEST(PhpCheckout, ArchivesAreBuilt) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require __DIR__ . '/build/app.phar';\n");
  EXPECT_EQ(doubts(all), "/srv/www/index.php:2 not installed: an archive is built\n");
}

TEST(PhpCheckout, NamesOfWhereItIsInstalledAreFoundHere) {
  const auto doubt = [](const std::string& held, const std::string& asks, const std::string& name) {
    MemorySurvey all;
    php(all, held, "");
    php(all, asks, "require '" + name + "';\n");
    return doubts(all);
  };
  const std::string name = "/usr/local/app/inc/load.php";
  const auto here = [](const std::string& asks, const std::string& held) {
    return asks + ":2 not installed: here it is " + held + "\n";
  };
  const std::string root = "/srv/www/src", whole = root + name, page = root + "/etc/page.php";
  EXPECT_EQ(doubt(whole, page, name), here(page, whole));
  const std::string part = root + "/app/inc/load.php", tool = root + "/app/bin/tool.php";
  EXPECT_EQ(doubt(part, tool, name), here(tool, part));
  // Moved, or misspelt: nothing here is laid out as that is.
  EXPECT_EQ(doubt(root + "/inc/load.php", page, name), page + ":2 \n");
  EXPECT_EQ(doubt(part, page, name), page + ":2 \n");
  EXPECT_EQ(doubt(part, tool, "/usr/local/app/inc/laod.php"), tool + ":2 \n");
}

// A plugin alone: what several of its files call is WordPress's, however near to a name of its own.
TEST(PhpCheckout, WhatAPluginCallsInManyFilesIsOfItsHost) {
  const auto told = [](const std::string& second) {
    MemorySurvey all;
    php(all, "/srv/www/plugin.php",
        "add_action('init', 'start');\nfunction get_local() {}\necho get_locale();\n");
    php(all, "/srv/www/second.php", second);
    return problems(all);
  };
  EXPECT_NE(told("echo get_local();\n").find("undefined function get_locale()"), std::string::npos);
  EXPECT_EQ(told("echo get_locale();\n"), "");
}

// A bare directory is asked for as a whole: what continuous integration runs sets no constants of
// the application.
TEST(PhpCheckout, HiddenDirectoriesAreForTools) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require ROOT . '/a.php';\n");
  php(all, "/srv/www/.github/run.php", "define('ROOT', __DIR__);\n");
  EXPECT_EQ(doubts(all), "");
}

TEST(PhpCheckout, TemplatesOfACheckoutAreNotRead) {
  const auto problems = [](const std::string& code) {
    MemorySurvey all;
    php(all, "/srv/www/config.php", code);
    (void)references(all);
    return all.facts.rows<facts::SyntaxProblem>().size();
  };
  EXPECT_EQ(problems("$port = {{ (PORT | default(80)) | int }};\n"), 0U);
  EXPECT_EQ(problems("{% if x %}\n$port = 80;\n"), 0U);
  EXPECT_EQ(problems("$shown = '{{ port }}';\n$port = ;\n"), 1U);
  EXPECT_EQ(problems("class <module_name>View {}\n"), 0U);
  EXPECT_EQ(problems("echo <b>;\n"), 1U);
}

TEST(PhpCheckout, GitBringsSubmodulesOnlyIfAsked) {
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

TEST(PhpCheckout, APackageThatIsNotInstalledMayHaveTheFunction) {
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

TEST(PhpCheckout, APluginIsNotTheProgramAroundIt) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "require __DIR__ . '/../../config.php';\n");
  EXPECT_EQ(doubts(all), "/srv/www/index.php:2 not installed: the program around it is not here\n");
  MemorySurvey plugin;
  php(plugin, "/srv/www/page.php",
      "require __DIR__ . '/wp-load.php';\nrequire __DIR__ . '/wp-blog-header.php';\n"
      "require __DIR__ . '/wp-admin/admin.php';\nrequire __DIR__ . '/wp-incl/a.php';\n");
  const std::string absent = " not installed: WordPress is not here\n";
  EXPECT_EQ(doubts(plugin), "/srv/www/page.php:2" + absent + "/srv/www/page.php:3" + absent +
                                "/srv/www/page.php:4" + absent + "/srv/www/page.php:5 \n");
  MemorySurvey beside;
  php(beside, "/srv/www/index.php", "require __DIR__ . '/../lib/config.php';\n");
  php(beside, "/srv/lib/other.php", "");
  EXPECT_EQ(doubts(beside), "/srv/www/index.php:2 \n");
}

TEST(PhpCheckout, AThemeInItsRepositoryCallsWordPress) {
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

TEST(PhpCheckout, BladeMakesOtherFilesOfItsTemplates) {
  MemorySurvey all;
  php(all, "/srv/www/index.php", "");
  php(all, "/srv/www/views/list.blade.php", "continue; ?>\n@endforeach\n");
  EXPECT_EQ(problems(all), "");
}

}  // namespace
}  // namespace stackaudit::stack

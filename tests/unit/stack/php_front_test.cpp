// What plugins use before WordPress has it, and what no file of an installation has.
#include "memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

// What is told of a must-use plugin of a served WordPress, of which these files are all there is.
std::string told(const std::string& plugin, const std::string& other = {},
                 const std::vector<std::pair<std::string, std::string>>& files = {}) {
  MemorySurvey memory;
  memory.file("/etc/passwd 0644 root:root", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n")
      .file("/etc/group 0644 root:root", "root:x:0:\nwww-data:x:33:\n")
      .file("/etc/nginx/nginx.conf 0644 root:root",
            "user www-data;\nevents {}\nhttp { server { listen 80; root /srv/blog;\n"
            "location ~ \\.php$ { fastcgi_param SCRIPT_FILENAME "
            "$document_root$fastcgi_script_name; fastcgi_pass unix:/run/php/www.sock; } } }\n")
      .file("/etc/php/8.2/fpm/php-fpm.conf 0644 root:root",
            "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n")
      .file("/etc/php/8.2/fpm/pool.d/www.conf 0644 root:root",
            "[www]\nuser = www-data\nlisten = /run/php/www.sock\npm = static\n"
            "pm.max_children = 2\n")
      .file("/etc/php/8.2/fpm/conf.d/20-curl.ini 0644 root:root", "extension=curl.so\n")
      .file("/usr/lib/php/20220829/curl.so 0644 root:root", "x")
      .file("/srv/blog/index.php 0644 root:root", "<?php\nrequire __DIR__ . '/wp-load.php';\n")
      .file("/srv/blog/wp-load.php 0644 root:root",
            "<?php\ndefine( 'ABSPATH', __DIR__ . '/' );\nrequire ABSPATH . 'wp-settings.php';\n")
      .file("/srv/blog/wp-settings.php 0644 root:root",
            "<?php\nrequire ABSPATH . 'wp-includes/plugin.php';\n"
            "require ABSPATH . 'wp-includes/pluggable.php';\n")
      .file("/srv/blog/wp-includes/plugin.php 0644 root:root",
            "<?php\nfunction add_action( $hook, $callback ) {}\n")
      .file("/srv/blog/wp-includes/pluggable.php 0644 root:root",
            "<?php\nif ( ! function_exists( 'wp_get_current_user' ) ) :\n"
            "function wp_get_current_user() {}\nendif;\n")
      .file("/srv/blog/wp-admin/includes/plugin.php 0644 root:root",
            "<?php\nfunction is_plugin_active( $plugin ) {}\nclass WP_List_Table {}\n")
      .file("/srv/blog/wp-content/mu-plugins/m.php 0644 root:root", "<?php\n" + plugin)
      .file("/srv/blog/wp-content/plugins/other/other.php 0644 root:root",
            "<?php\n/* Plugin Name: Other */\n" + other);
  for (const auto& [path, text] : files) memory.file(path + " 0644 root:root", text);
  auto survey = memory.open();
  (void)stack::survey(survey, {{"/etc"}, ""});
  std::string out;
  for (const auto& row : memory.facts.rows<facts::SyntaxProblem>())
    if (row.code == "undefined") out += row.severity + " " + row.message + "\n";
  return out;
}

const std::string kBarred = "defined( 'ABSPATH' ) || exit;\n";

TEST(PhpFront, WhatIsLoadedLater) {
  EXPECT_EQ(told(kBarred + "wp_get_current_user();"),
            "error undefined function wp_get_current_user(): "
            "/srv/blog/wp-includes/pluggable.php declares it, which is not loaded here\n");
  EXPECT_EQ(told(kBarred + "is_plugin_active( 'a/a.php' );"),
            "error undefined function is_plugin_active(): "
            "/srv/blog/wp-admin/includes/plugin.php declares it, which is not loaded here\n");
  EXPECT_EQ(told("class T extends WP_List_Table {}"),
            "error undefined class WP_List_Table: "
            "/srv/blog/wp-admin/includes/plugin.php declares it, which is not loaded here\n");
  EXPECT_EQ(told("add_action( 'init', function () { wp_get_current_user(); } );"), "");
  EXPECT_EQ(told("require ABSPATH . 'wp-admin/includes/plugin.php';\nis_plugin_active( 'a' );"),
            "");
  EXPECT_EQ(told("if ( function_exists( 'is_plugin_active' ) ) is_plugin_active( 'a' );"), "");
  EXPECT_EQ(told("if ( is_admin() ) is_plugin_active( 'a' );\nfunction is_admin() {}"), "");
}

TEST(PhpFront, DropInsAreLoadedWhereverTheyAre) {
  const std::string drop_in = "/srv/blog/wp-content/object-cache.php";
  EXPECT_EQ(told("", "", {{drop_in, "<?php\nclass C extends Redis_Cache {}\n"}}),
            "error undefined class Redis_Cache: no file of this WordPress declares it\n");
  EXPECT_EQ(told("", "",
                 {{drop_in,
                   "<?php\nif ( class_exists( 'Redis_Cache' ) ) { class C "
                   "extends Redis_Cache {} }\nfunction wp_cache_init() { "
                   "return new Redis_Cache(); }\n"}}),
            "");
}

TEST(PhpFront, WhatNoFileHas) {
  EXPECT_EQ(told("the_field( 'banner' );"),
            "error undefined function the_field(): no file of this WordPress declares it\n");
  EXPECT_EQ(told("class G extends WC_Payment_Gateway {}"),
            "error undefined class WC_Payment_Gateway: no file of this WordPress declares it\n");
  EXPECT_EQ(told("add_action( 'init', 'm_setup' );"),
            "error undefined function m_setup(): no file of this WordPress declares it\n");
  EXPECT_EQ(told("add_action( 'some_hook', 'm_setup' );"),
            "warning undefined function m_setup(): no file of this WordPress declares it\n");
  EXPECT_EQ(told("the_field( 'banner' );", "function the_field( $name ) {}"),
            "error undefined function the_field(): /srv/blog/wp-content/plugins/other/other.php "
            "declares it, which is not loaded here\n")
      << "plugins come after what must be used";
  EXPECT_EQ(told("strlen( 'banner' );", "namespace N;\nfunction strlen( $name ) {}"), "");
  EXPECT_EQ(told("the_field( 'banner' );", "namespace N;\nfunction the_field( $name ) {}"),
            "warning undefined function the_field(): those of that name are in namespaces\n");
  EXPECT_EQ(told("if ( class_exists( 'ACF' ) ) the_field( 'banner' );"), "");
  EXPECT_EQ(told("function f() { the_field( 'banner' ); }"), "");
  EXPECT_EQ(told("add_action( 'init', 'm_setup' );\nfunction m_setup() {}"), "");
  EXPECT_EQ(told("namespace M;\nthe_field( 'banner' );\nuse function N\\the_field;"), "");
}

// Parts are shown with some pages only, and plugins bring templates of their own.
// The file that declared it is empty, or went with an update.
TEST(PhpFront, FunctionsThatAPluginHasLost) {
  const std::string hook = "add_action( 'init', function () { echo acme_greeting(); } );\n";
  EXPECT_EQ(told({}, hook + "function acme_start() {}\n"),
            "warning undefined function acme_greeting(): no file of this WordPress declares it\n");
  EXPECT_EQ(told({}, hook + "class Acme_Loader {}\n"),
            "warning undefined function acme_greeting(): no file of this WordPress declares it\n");
  EXPECT_EQ(told("function acme_greeting() {}", hook + "function acme_start() {}\n"), "");
  EXPECT_EQ(told({}, hook + "function other_start() {}\n"), "");
  EXPECT_EQ(told({},
                 "function acme_start() { if ( acme_has() ) acme_greeting(); }\n"
                 "function acme_has() {}\n"),
            "");
}

TEST(PhpFront, ParentsThatAreLoadedAfterwards) {
  const std::string at = "/srv/blog/wp-content/mu-plugins/m/";
  const std::string box = "require __DIR__ . '/m/box.php';\n",
                    base = "require __DIR__ . '/m/base.php';\n";
  const auto with = [&](const std::string& plugin, const std::string& child) {
    return told(plugin, {},
                {{at + "box.php", "<?php\n" + child}, {at + "base.php", "<?php\nclass Base {}\n"}});
  };
  const std::string child = "class Box extends Base {}\n";
  EXPECT_EQ(with(box + base, child), "error undefined class Base: " + at +
                                         "base.php declares it, which is loaded afterwards\n");
  EXPECT_EQ(with(base + box, child), "");
  EXPECT_EQ(with("if ( is_admin() ) " + box + base + "function is_admin() {}", child), "");
  EXPECT_EQ(with(box + base, "if ( class_exists( 'Base' ) ) {\n" + child + "}\n"), "");
  EXPECT_EQ(with("spl_autoload_register( function () { include __DIR__ . '/m/base.php'; } );\n" +
                     box + "require_once __DIR__ . '/m/base.php';\n",
                 child),
            "");
}

TEST(PhpFront, TemplatesOfTheActiveTheme) {
  const std::string theme = "/srv/blog/wp-content/themes/blue/";
  const auto of_theme = [&](const std::string& file) {
    return told(
        "", "",
        {{"/srv/blog/wp-config.php",
          "<?php\ndefine( 'DB_HOST', 'localhost' ); define( 'DB_NAME', 'blog' );\n"
          "$table_prefix = 'wp_';\n"},
         {"/var/lib/mysql/blog/wp_options.ibd",
          "active_pluginsa:0:{}yes templateblueyes stylesheetblueyes"},
         {"/srv/blog/wp-includes/theme.php", "<?php\nfunction get_template_part( $s ) {}\n"},
         {theme + "single.php", "<?php\nget_template_part( 'parts/content', 'post' );\n"},
         {theme + file, "<?php\nthe_field( 'banner' );\n"}});
  };
  const std::string said =
      "warning undefined function the_field(): no file of this WordPress declares it\n";
  EXPECT_EQ(of_theme("page.php"), said);
  EXPECT_EQ(of_theme("parts/content-post.php"), said);
  EXPECT_EQ(of_theme("parts/contents.php"), "");
  EXPECT_EQ(of_theme("shop/single.php"), "");
  EXPECT_EQ(of_theme("single-product.php"), "");
}

TEST(PhpFront, CallbacksInNamespaces) {
  EXPECT_EQ(told("namespace M\\Api;\nfunction register_all() {}\n"
                 "add_action( 'init', __NAMESPACE__ . '\\\\register' );"),
            "error undefined function register(): no file of this WordPress declares it\n");
  EXPECT_EQ(told("namespace M\\Api;\nfunction register() {}\n"
                 "add_action( 'init', __NAMESPACE__ . '\\\\register' );\n"
                 "add_action( 'init', 'M\\Api\\register' );"),
            "");
}

// What a callback names stands in no namespace.
TEST(PhpFront, NamesWithoutTheirNamespace) {
  const std::string said =
      "warning undefined function head(): those of that name are in namespaces\n";
  EXPECT_EQ(told("namespace M;\nfunction head() {}\nadd_action( 'wp_head', 'head' );"), said);
  EXPECT_EQ(told("namespace M;\nfunction head() {}\nhead();"), "");
  EXPECT_EQ(told("head();", "namespace M;\nfunction head() {}"), said);
  EXPECT_EQ(told("use function M\\head;\nhead();", "namespace M;\nfunction head() {}"), "");
  EXPECT_EQ(told("M\\head();", "namespace M;\nfunction head() {}"), "");
}

TEST(PhpFront, ClassesWithoutTheirImport) {
  EXPECT_EQ(told("namespace M;\nfunction f() { return new Query; }", "class Query {}"),
            "warning undefined class M\\Query, but \\Query is there\n");
  EXPECT_EQ(told("namespace M;\nfunction f() { return new \\Query; }", "class Query {}"), "");
  EXPECT_EQ(told("namespace M;\nuse Query;\nfunction f() { return new Query; }", "class Query {}"),
            "");
  EXPECT_EQ(
      told("namespace M;\nuse Lib\\Query;\nfunction f() { return new Query; }", "class Query {}"),
      "");
  EXPECT_EQ(told("namespace M;\nfunction f() { throw new RuntimeException; }"),
            "warning undefined class M\\RuntimeException, but \\RuntimeException is there\n");
  EXPECT_EQ(told("namespace M;\nfunction f() { if ( class_exists( 'Query' ) ) new Query; }",
                 "class Query {}"),
            "");
}

TEST(PhpFront, CallbacksInLists) {
  EXPECT_EQ(told("f( [ 'permission_callback' => 'm_may', 'callback' => 'get' ] );\n"
                 "function f( $a ) {}"),
            "warning undefined function m_may(): no file of this WordPress declares it\n");
  EXPECT_EQ(told("f( [ 'permission_callback' => 'm_may' ] );\nfunction f( $a ) {}\n"
                 "function m_may() {}"),
            "");
}

// Code for the command line, or for a plugin that is not there, ends at once.
TEST(PhpFront, BehindABarrierThatHolds) {
  const std::string heir = "class C extends WP_CLI_Command {}\nWP_CLI::add_command( 'c', 'C' );";
  const std::string said =
      "undefined class WP_CLI_Command: no file of this WordPress declares it\n";
  EXPECT_EQ(told("if ( ! defined( 'WP_CLI' ) ) { return; }\n" + heir), "");
  EXPECT_EQ(told("defined( 'WP_CLI' ) || exit;\n" + heir), "");
  EXPECT_EQ(told("if ( ! defined( 'OTHER_VERSION' ) ) return;\nclass C extends Other {}"), "");
  EXPECT_EQ(told(kBarred + "class C extends WP_CLI_Command {}"), "error " + said);
  EXPECT_EQ(told("if ( defined( 'WP_CLI' ) ) return;\nclass C extends WP_CLI_Command {}"),
            "error " + said);
}

TEST(PhpFront, NamesThatAreAliasedAtRunTime) {
  EXPECT_EQ(told("Cache::get();\nforeach ( $all as $alias => $to ) class_alias( $to, $alias );"),
            "warning undefined class Cache: no file of this WordPress declares it\n");
}

TEST(PhpFront, NamespacesThatAreMisspelt) {
  const std::string box = "namespace Acme\\Tools;\nclass Box { public static function init() {} }";
  EXPECT_EQ(told("Acme_Tools\\Box::init();", box),
            "error undefined class Acme_Tools\\Box, but Acme\\Tools\\Box is there\n");
  EXPECT_EQ(told("Acme\\Tools\\Box::init();", box), "");
  EXPECT_EQ(told("use Acme\\Tools as T;\nT\\Box::init();", box), "");
  EXPECT_EQ(told("Other\\Box::init();", box), "");
}

TEST(PhpFront, WhereNamesOfFilesAreNotKnown) {
  EXPECT_EQ(told("the_field( 'banner' );\ninclude $_GET['file'];"),
            "warning undefined function the_field(): no file of this WordPress declares it\n");
}

}  // namespace
}  // namespace stackaudit::stack

// WordPress in memory: what is active, what hooks fire, themes, and what is said of an
// installation.
#include "support/php_audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack {
namespace {

using namespace test;

std::string database(const std::string& host) {
  const Audit audit({file("/srv/app/public/wp-settings.php", ""),
                     file("/srv/app/public/wp-config.php", "define('DB_HOST', '" + host + "');")});
  const auto& dials = audit.facts.rows<facts::Dial>();
  if (dials.size() != 1) return "none";
  const auto& dial = dials[0];
  return dial.family + " " + dial.host + " " + dial.address + " " +
         (dial.port ? std::to_string(*dial.port) : "") + " " + dial.socket;
}

TEST(WordPress, DatabaseHosts) {
  EXPECT_EQ(database("localhost"), "unix localhost   /run/mysqld/mysqld.sock");
  EXPECT_EQ(database("db.internal"), " db.internal  3306 ");
  EXPECT_EQ(database("127.0.0.1:3307"), "inet 127.0.0.1 127.0.0.1 3307 ");
  EXPECT_EQ(database("[::1]:3307"), "inet6 ::1 ::1 3307 ");
  EXPECT_EQ(database("localhost:/tmp/my.sock"), "unix localhost   /tmp/my.sock");
}

// Its path is shorter than that of the installation which it is for.
TEST(WordPress, SettingsInTheDirectoryAbove) {
  const std::string blog = "/srv/app/public/blog-of-the-company/";
  const std::string plugin = blog + "wp-content/plugins/a/a.php";
  const Audit audit({file(blog + "wp-settings.php", ""),
                     file(blog + "wp-load.php", ""),
                     file("/srv/app/public/wp-config.php",
                          "define('DB_HOST', 'localhost'); define('DB_NAME', 'blog'); "
                          "$table_prefix = 'wp_'; require __DIR__ . '/keys.php';"),
                     {"/var/lib/mysql/blog/wp_options.ibd 0660 root:root",
                      "active_pluginsa:1:{i:0;s:7:\"a/a.php\";}yes"},
                     file(plugin, "/* Plugin Name: A */ require __DIR__ . '/lost.php';")});
  EXPECT_EQ(audit.broken(), plugin + ":2 require missing " + blog +
                                "wp-content/plugins/a/lost.php\n"
                                "/srv/app/public/wp-config.php:2 require missing "
                                "/srv/app/public/keys.php\n");
}

const std::string kPlugin = "/srv/app/public/wp-content/plugins/a/";
const std::string kLost = kPlugin + "a.php:2 require missing " + kPlugin + "lost.php";

TEST(WordPress, WhatIsNotActiveIsInDoubt) {
  const auto broken = [](const std::string& plugins) {
    return Audit({{"/srv/app/public/wp-settings.php 0644 root:root", "<?php\n"},
                  file("/srv/app/public/wp-config.php",
                       "define('DB_HOST', 'localhost'); define('DB_NAME', 'blog'); "
                       "$table_prefix = 'wp_';"),
                  {"/var/lib/mysql/blog/wp_options.ibd 0660 root:root",
                   "active_plugins" + plugins + "yes"},
                  file(kPlugin + "a.php", "/* Plugin Name: A */ require __DIR__ . '/lost.php';")})
        .broken();
  };
  EXPECT_EQ(broken("a:1:{i:0;s:7:\"a/a.php\";}"), kLost + "\n");
  EXPECT_EQ(broken("a:0:{}"), kLost + " guarded\n");
  EXPECT_EQ(broken("?"), kLost + "\n") << "not known";
}

TEST(WordPress, HooksThatNothingFiresAreInDoubt) {
  const auto broken = [](const std::string& code) {
    return Audit({{"/srv/app/public/wp-settings.php 0644 root:root", "<?php\n"},
                  file("/srv/app/public/wp-includes/plugin.php",
                       "do_action('init'); do_action(\"save_{$type}\");"),
                  file(kPlugin + "a.php", "/* Plugin Name: A */ " + code)})
        .broken();
  };
  const std::string load = "require __DIR__ . '/lost.php';";
  EXPECT_EQ(broken("add_action('init', function () { " + load + " });"), kLost + "\n");
  EXPECT_EQ(broken("add_action('save_post', function () { " + load + " });"), kLost + "\n");
  EXPECT_EQ(broken("add_action('shop_init', function () { " + load + " });"), kLost + " guarded\n");
  EXPECT_EQ(broken("add_action('shop_init', 'f'); function f() { " + load + " }"),
            kLost + " guarded\n");
}

TEST(WordPress, ThemesOfParentAndChild) {
  const Audit audit({file("/srv/app/public/wp-settings.php", ""),
                     file("/srv/app/public/wp-config.php", ""),
                     {"/srv/app/public/wp-content/themes/kid/style.css 0644 root:root",
                      "/*\nTheme Name: Kid\n Template: dad\n*/"},
                     file("/srv/app/public/wp-content/themes/kid/functions.php",
                          "require get_template_directory() . '/inc/a.php';\n"
                          "require get_stylesheet_directory() . '/inc/b.php';\n"
                          "require get_theme_file_path( 'inc/c.php' );"),
                     file("/srv/app/public/wp-content/themes/dad/functions.php",
                          "require get_theme_file_path( '/inc/b.php' );"),
                     file("/srv/app/public/wp-content/themes/dad/inc/a.php", ""),
                     file("/srv/app/public/wp-content/themes/kid/inc/b.php", "")});
  EXPECT_EQ(audit.broken(),
            "/srv/app/public/wp-content/themes/kid/functions.php:4 require missing "
            "/srv/app/public/wp-content/themes/kid/inc/c.php -> 'inc/b.php'\n");
}

TEST(WordPress, AnInstallationIsDescribed) {
  const Audit audit({file("/srv/app/public/blog/wp-settings.php", ""),
                     file("/srv/app/public/blog/wp-includes/version.php", "$wp_version = '6.1.9';"),
                     file("/srv/app/public/wp-config.php",
                          "define('DB_PASSWORD', 'x'); define('WP_DEBUG', true);")});
  const auto& rows = audit.facts.rows<facts::Wordpress>();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].root + " " + rows[0].version + " " + rows[0].config,
            "/srv/app/public/blog 6.1.9 /srv/app/public/wp-config.php");
  for (const auto& row : audit.facts.rows<facts::PhpConstant>())
    EXPECT_EQ(row.value.value_or("hidden"), row.name == "WP_DEBUG" ? "1" : "hidden");
}

}  // namespace
}  // namespace stackaudit::stack

// Which files become entry points, and which copies do not.
#include "stack/entries/entries.hpp"

#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kNginx = "events {}\nhttp {}\n";
constexpr std::string_view kApache = "ServerRoot /etc/apache2\n";
constexpr std::string_view kFpm = "[global]\ninclude=pool.d/*.conf\n";

// Entries as "kind path" (with ! where named), then errors and blind spots.
std::string entries(MemorySurvey& memory, std::vector<std::string> paths, std::string kind = {}) {
  auto survey = memory.open();
  std::vector<TargetError> errors;
  std::string out;
  for (const auto& entry : find_entries(survey, {std::move(paths), std::move(kind)}, errors))
    out += entry.kind + " " + entry.path + (entry.named ? "!" : "") + "\n";
  for (const auto& error : errors) out += "error " + error.path + ": " + error.message + "\n";
  return out + dump_blind(memory.facts);
}

TEST(Entries, TheUsualPlaces) {
  MemorySurvey memory;
  memory.file("/etc/nginx/nginx.conf 0644 root:root", kNginx)
      .file("/etc/apache2/apache2.conf 0644 root:root", kApache)
      .file("/etc/apache2/httpd.conf 0644 root:root", "")
      .file("/etc/php/8.2/fpm/php-fpm.conf 0644 root:root", kFpm)
      .file("/etc/datadog-agent/conf.d 0755 root:root dir");
  EXPECT_EQ(entries(memory, {"/etc", "/etc/nginx"}),
            "apache /etc/apache2/apache2.conf\ndatadog /etc/datadog-agent/conf.d\n"
            "nginx /etc/nginx/nginx.conf\nphp-fpm /etc/php/8.2/fpm/php-fpm.conf\n");
}

TEST(Entries, CopiesAreNoEntries) {
  MemorySurvey memory;
  memory.file("/etc/nginx/nginx.conf 0644 root:root", "broken")
      .file("/etc/nginx/nginx.conf.bak 0644 root:root", kNginx)
      .file("/etc/nginx.old/nginx.conf 0644 root:root", kNginx)
      .file("/etc/doc/nginx/nginx.conf 0644 root:root", kNginx)
      .file("/etc/something/nginx.conf 0644 root:root", kNginx)
      .file("/etc/logrotate.d/httpd.conf 0644 root:root", "x");
  EXPECT_EQ(entries(memory, {"/etc"}), "nginx /etc/nginx/nginx.conf\n");
}

TEST(Entries, WhereNoImageIsMadeAMainFileLiesInAHome) {
  MemorySurvey memory;
  memory.file("/src/docker/nginx.conf 0644 root:root", kNginx);
  EXPECT_EQ(entries(memory, {"/src"}).find("nginx"), std::string::npos);
}

TEST(Entries, WhereAnImageIsMadeAMainFileMayLieAnywhere) {
  MemorySurvey memory;
  memory.file("/src/docker/nginx.conf 0644 root:root", kNginx)
      .file("/src/part/nginx.conf 0644 root:root", "http {}\n")
      .file("/src/docker/php-fpm.conf 0644 root:root", kFpm)
      .file("/src/docker/httpd.conf 0644 root:root", kApache);
  memory.file("/src/Dockerfile 0644 root:root", "FROM debian\n");
  EXPECT_EQ(entries(memory, {"/src"}),
            "container /src/Dockerfile\nnginx /src/docker/nginx.conf\n"
            "php-fpm /src/docker/php-fpm.conf\n");
}

TEST(Entries, WhereAnImageIsMadeAPoolMayBeNamedLikeTheMainFile) {
  MemorySurvey memory;
  memory.file("/srv/Dockerfile 0644 root:root", "FROM php:8.2-fpm\n")
      .file("/srv/php/php-fpm.conf 0644 root:root", "pm.max_children = 10\n")
      .file("/srv/other/php/php-fpm.conf 0644 root:root", kFpm);
  EXPECT_EQ(entries(memory, {"/srv"}),
            "container /srv/Dockerfile\nphp-fpm /srv/other/php/php-fpm.conf\n");
}

TEST(Entries, OtherPlacesByNameDirectoryAndContent) {
  MemorySurvey memory;
  memory.file("/opt/web/nginx/conf/nginx.conf 0644 root:root", kNginx)
      .file("/opt/other/nginx/nginx.conf 0644 root:root", "server { }\n")
      .file("/opt/web/httpd.conf 0644 root:root", kApache)
      .file("/opt/web/httpd/httpd.conf 0644 root:root", kApache);
  EXPECT_EQ(entries(memory, {"/opt"}),
            "apache /opt/web/httpd/httpd.conf\nnginx /opt/web/nginx/conf/nginx.conf\n");
  EXPECT_EQ(entries(memory, {"/opt/web"}),
            "apache /opt/web/httpd.conf\napache /opt/web/httpd/httpd.conf\n"
            "nginx /opt/web/nginx/conf/nginx.conf\n");
}

TEST(Entries, WhatIsOnlyNamedLikeAMainFileIsSaid) {
  MemorySurvey memory;
  memory.file("/opt/nginx.conf 0644 root:root", "server { }\n")
      .file("/opt/web/httpd/httpd.conf 0644 root:root", kApache)
      .file("/opt/other/httpd/httpd.conf 0644 root:root", "\x01\x02");
  EXPECT_EQ(
      entries(memory, {"/opt"}),
      "apache /opt/web/httpd/httpd.conf\n"
      "/opt/nginx.conf service /opt/nginx.conf: named like the main file of nginx and does not "
      "look like it: not read; name the file itself, with --kind nginx\n");
}

TEST(Entries, Applications) {
  MemorySurvey memory;
  memory.file("/var/www/blog/wp-settings.php 0644 root:root", "<?php")
      .file("/var/www/blog/wp-content/plugins/x/tests/wp-settings.php 0644 root:root", "<?php")
      .file("/var/www/shop/lib/a.php 0644 root:root", "<?php")
      .file("/srv/one/public/index.php 0644 root:root", "<?php")
      .file("/srv/one/src/a.php 0644 root:root", "<?php");
  EXPECT_EQ(entries(memory, {"/var/www"}), "php /var/www/shop\nwordpress /var/www/blog\n");
  EXPECT_EQ(entries(memory, {"/srv/one"}), "php /srv/one\n");
}

TEST(Entries, FilesAreRecognisedByNameOrContent) {
  MemorySurvey memory;
  memory.file("/a/main 0644 root:root", "# x\nuser a;\nevents {\n}\n")
      .file("/a/site 0644 root:root", "server {\n}\n")
      .file("/a/vhosts 0644 root:root", "<VirtualHost *:80>\n")
      .file("/a/x.php 0644 root:root", "<?php")
      .file("/a/wp/wp-config.php 0644 root:root", "<?php")
      .file("/a/notes 0644 root:root", "hello\n");
  EXPECT_EQ(entries(memory, {"/a/main", "/a/site", "/a/vhosts", "/a/x.php", "/a/wp/wp-config.php",
                             "/a/notes", "/a/none"}),
            "apache /a/vhosts!\nnginx /a/main!\nphp /a/x.php!\nwordpress /a/wp!\n"
            "error /a/site: a part of an nginx configuration: audit the file that includes it, or "
            "say --kind nginx\n"
            "error /a/notes: not recognised: say with --kind what it is\n"
            "error /a/none: no such file or directory\n");
  EXPECT_EQ(entries(memory, {"/a/site"}, "nginx"), "nginx /a/site!\n");
}

TEST(Entries, CyclesEndAndEmptinessIsSaid) {
  MemorySurvey memory;
  memory.file("/etc/a/up -> ..").file("/etc/a/self -> self").file("/etc/a/root -> /");
  EXPECT_EQ(entries(memory, {"/etc"}),
            "/etc service /etc: nothing to audit: no entry point of a server or an application "
            "below it (needed)\n");
}

}  // namespace
}  // namespace stackaudit::stack

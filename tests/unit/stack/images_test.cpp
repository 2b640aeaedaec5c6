// Checkouts of which images are made: what lies in one image, and what only the image has.
#include "stack/brought_files.hpp"
#include "stack/entries/recognise.hpp"
#include "tree/fragment_tree.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

std::string audited(MemorySurvey& memory) {
  auto survey = memory.open();
  (void)stack::survey(survey, {{"/src"}, {}});
  std::string out;
  for (const auto& row : memory.facts.rows<facts::Listener>())
    out += row.service + " " + row.as_written + " in " + row.image + "\n";
  for (const auto& row : memory.facts.rows<facts::Reference>())
    if (row.service == "php") out += where(row) + " " + row.resolved + " " + row.state + "\n";
  return out;
}

constexpr std::string_view kNginx = "events {}\nhttp { server { listen 80; } }\n";
constexpr std::string_view kApache =
    "LoadModule mpm_event_module m.so\nServerRoot /usr/local/apache2\nListen 80\n";

TEST(Images, EachHasPortsOfItsOwn) {
  MemorySurvey memory;
  memory.file("/src/docker/web/Dockerfile 0644 root:root", "FROM nginx\nCOPY a.conf /etc/\n")
      .file("/src/docker/web/a.conf 0644 root:root", "x")
      .file("/src/docker/web/conf/nginx.conf 0644 root:root", kNginx)
      .file("/src/docker/app/Dockerfile 0644 root:root",
            "FROM httpd\nCOPY etc/httpd.conf /usr/local/apache2/conf/\n")
      .file("/src/etc/httpd.conf 0644 root:root", kApache)
      .file("/src/other/nginx/nginx.conf 0644 root:root", kNginx);
  EXPECT_EQ(audited(memory),
            "nginx 80 in /src/docker/web/Dockerfile\nnginx 80 in /src/other/nginx/nginx.conf\n"
            "apache 80 in /src/docker/app/Dockerfile\n");
}

TEST(Images, OneImageHoldsAllServers) {
  MemorySurvey memory;
  memory.file("/src/Dockerfile 0644 root:root", "FROM debian\nCOPY docker /etc\n")
      .file("/src/docker/nginx.conf 0644 root:root", kNginx)
      .file("/src/docker/httpd.conf 0644 root:root", kApache);
  EXPECT_EQ(audited(memory), "nginx 80 in \napache 80 in \n");
}

TEST(Images, WhatACopiedFileMissesMayBeInTheImage) {
  MemorySurvey memory;
  memory
      .file("/src/Dockerfile 0644 root:root",
            "FROM php\nCOPY config/app.php /var/www/\nCOPY jobs /jobs\n")
      .file("/src/config/app.php 0644 root:root", "<?php require __DIR__ . '/settings.php';\n")
      .file("/src/dev/app.php 0644 root:root", "<?php require __DIR__ . '/settings.php';\n")
      .file("/src/jobs/run.php 0644 root:root",
            "<?php require __DIR__ . '/../web/a.php'; require __DIR__ . '/lost.php';\n")
      .file("/src/web/index.php 0644 root:root",
            "<?php require __DIR__ . '/gone.php'; require '/opt/image/b.php';\n");
  EXPECT_EQ(audited(memory),
            "/src/config/app.php:1 /src/config/settings.php unseen\n"
            "/src/jobs/run.php:1 /src/web/a.php unseen\n"
            "/src/jobs/run.php:1 /src/jobs/lost.php missing\n"
            "/src/dev/app.php:1 /src/dev/settings.php unseen\n"
            "/src/web/index.php:1 /src/web/gone.php missing\n"
            "/src/web/index.php:1 /opt/image/b.php unseen\n");
}

TEST(Images, WhatIsMountedElsewhereMayFindItThere) {
  MemorySurvey memory;
  memory
      .file("/src/docker-compose.yml 0644 root:root",
            "services:\n  php:\n    volumes:\n      - ./jobs:/jobs:ro\n      - ./web:/web\n")
      .file("/src/jobs/run.php 0644 root:root",
            "<?php require __DIR__ . '/../web/inc/a.php'; require __DIR__ . '/lost.php';\n")
      .file("/src/web/index.php 0644 root:root", "<?php require __DIR__ . '/gone.php';\n");
  EXPECT_EQ(audited(memory),
            "/src/jobs/run.php:1 /src/web/inc/a.php unseen\n"
            "/src/jobs/run.php:1 /src/jobs/lost.php missing\n"
            "/src/web/index.php:1 /src/web/gone.php missing\n");
}

TEST(Images, AnApplicationThatIsCopiedWholeMissesWhatItMisses) {
  MemorySurvey memory;
  memory.file("/src/Dockerfile 0644 root:root", "FROM php\nCOPY . /app\nCOPY web /app/web\n")
      .file("/src/web/index.php 0644 root:root", "<?php require __DIR__ . '/../lib/gone.php';\n");
  EXPECT_EQ(audited(memory), "/src/web/index.php:1 /src/lib/gone.php missing\n");
}

TEST(Images, TemplatesAreNotRead) {
  MemorySurvey memory;
  memory.file("/src/Dockerfile 0644 root:root", "FROM nginx\nCOPY docker /etc\n")
      .file("/src/docker/nginx.conf 0644 root:root", "events {}\nhttp { {% if a %} }\n")
      .file("/src/docker/httpd.conf 0644 root:root",
            std::string(kApache) + "Include /src/docker/site.conf\n")
      .file("/src/docker/site.conf 0644 root:root", "Lisn {{ port }}\n");
  for (const auto* path : {"/etc/passwd", "/etc/group"}) memory.tree.remove(path);
  const tree::FragmentTree part(memory.tree, brought_files_of_checkout());
  Survey survey(part, memory.sources, memory.facts);
  (void)stack::survey(survey, {{"/src"}, {}});
  EXPECT_TRUE(memory.facts.rows<facts::SyntaxProblem>().empty());
  EXPECT_EQ(memory.facts.rows<facts::Service>().size(), 1U);
  for (const auto* path : {"/src/docker/nginx.conf", "/src/docker/site.conf"})
    EXPECT_EQ(
        std::ranges::count(memory.facts.rows<facts::BlindSpot>(), path, &facts::BlindSpot::subject),
        1)
        << path;
}

TEST(Images, FilesOfWhichContainerFilesAreMadeAreNone) {
  for (const auto* name : {"Dockerfile", "Containerfile", "Dockerfile.web", "Dockerfile-debian",
                           "Dockerfile.php8.2", "web.Dockerfile", "web.dockerfile"})
    EXPECT_TRUE(is_container_file(name)) << name;
  for (const auto* name :
       {"Dockerfile.j2", "Dockerfile.template", "Dockerfile-debian.template", "Dockerfile.py",
        "Dockerfile.md", "Dockerfile.model", "Dockerfiles", "dockerfile.go"})
    EXPECT_FALSE(is_container_file(name)) << name;
}

TEST(Images, APackageBringsItsFilesBesideTheMainFileWhereverThatLies) {
  MemorySurvey memory;
  memory.file("/src/docker/nginx.conf 0644 root:root", kNginx);
  const tree::FragmentTree part(memory.tree, brought_files_of_checkout());
  for (const auto* path : {"/src/docker/mime.types", "/src/docker/ports.conf"})
    EXPECT_EQ(part.lstat(path).error(), tree::kNotInFragment) << path;
  EXPECT_EQ(part.lstat("/src/docker/own.conf").error(), ENOENT);
}

}  // namespace
}  // namespace stackaudit::stack

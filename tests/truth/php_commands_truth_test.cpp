// Commands as crontabs have them are run by sh and the real php: the includes that fail, and the
// scripts that are not there, must be those that the audit foretells.
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

namespace stackaudit {
namespace {

struct Job {
  std::string command;  // @ is the root; started in @/home
  std::string code;     // of @/app/bin/job.php
  std::string failing;  // paths below the root, sorted, joined by blanks
};

const std::vector<Job>& jobs() {
  static const std::vector<Job> list{
      {"php @/app/bin/job.php", "require __DIR__ . '/../lib/a.php';", ""},
      {"php @/app/bin/job.php", "require './lib/a.php';", "/home/lib/a.php"},
      {"cd @/app && php bin/job.php", "require './lib/a.php';", ""},
      {"cd @/app && php bin/job.php", "require 'lib/b.php';", "/app/lib/b.php"},
      {"cd @/app; php job.php", "", "/app/job.php"},
      {"php ../app/bin/job.php", "require 'own.php';", ""},
      {"cd @/app/bin && php -q -d memory_limit=64M job.php",
       "chdir(__DIR__ . '/..'); require './lib/b.php';", "/app/lib/b.php"},
      {"cd @/app || exit 1; nice php -f bin/job.php", "require 'lib/b.php';", "/app/lib/b.php"},
      {"sh -c 'cd @/app && php bin/job.php'", "require './lib/b.php';", "/app/lib/b.php"},
      {"cd @/app && A=b exec php ./bin/job.php", "require './lib/a.php';", ""},
      {"test -f @/none.php && php @/none.php", "", ""},
      {"cd @/app && bin/run.php x", "", "/app/lib/none.php"},
      {"php @/app/bin/job.php", "require $_SERVER['DOCUMENT_ROOT'] . '/no-such-directory/a.php';",
       "/no-such-directory/a.php"}};
  return list;
}

std::string joined(std::vector<std::string> paths) {
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::string out;
  for (const auto& path : paths) out += (out.empty() ? "" : " ") + path;
  return out;
}

// What php complains of, below the root.
std::string failed(const std::string& output, const std::string& root, const std::string& start) {
  const std::regex pattern("Failed opening required '([^']*)'|input file: ([^\\n]*)");
  std::vector<std::string> found;
  for (auto it = std::sregex_iterator(output.begin(), output.end(), pattern);
       it != std::sregex_iterator(); ++it) {
    std::filesystem::path path((*it)[(*it)[1].matched ? 1 : 2].str());
    if (path.is_relative()) path = std::filesystem::path(start) / path;
    auto name = path.lexically_normal().string();
    if (name.starts_with(root)) name.erase(0, root.size());
    found.push_back(name);
  }
  return joined(found);
}

std::string foretold(const facts::Store& facts) {
  std::vector<std::string> found;
  for (const auto& row : facts.rows<facts::Reference>())
    if (row.service == "php" && row.state == "missing" && !row.guarded &&
        (row.kind == "require" || row.kind == "script"))
      found.push_back(row.resolved);
  return joined(found);
}

std::string with(std::string text, const std::string& root) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + root.size()))
    text.replace(at, 1, root);
  return text;
}

TEST(PhpCommandsTruth, WhatFailsIsForetold) {
  for (const auto& job : jobs()) {
    const test::TempDir directory;
    directory.write("home/.keep", "");
    directory.write("app/lib/a.php", "<?php return 1;");
    directory.write("app/bin/own.php", "<?php return 1;");
    directory.write("app/bin/job.php", "<?php\n" + job.code);
    const auto run = directory.write(
        "app/bin/run.php", "#!/usr/bin/env php\n<?php require __DIR__ . '/../lib/none.php';");
    std::filesystem::permissions(run, std::filesystem::perms{0755});
    directory.write("etc/passwd", "root:x:0:0::/home:/bin/sh\n");
    directory.write("etc/group", "root:x:0:\n");
    directory.write("etc/php/8.2/cli/php.ini", "memory_limit = -1\n");
    directory.write("etc/nginx/nginx.conf", "events {}\nhttp { server { listen 80; } }\n");
    directory.write("etc/cron.d/job", "* * * * * root " + with(job.command, "") + "\n");

    const auto root = directory.path().string();
    const auto ran = test::run({"sh", "-c", "cd " + root + "/home; " + with(job.command, root)});
    const bool moved = job.command.find("@/app") != std::string::npos &&
                       job.command.find("cd @") != std::string::npos;
    const auto start = root + (moved ? "/app" : "/home");
    EXPECT_EQ(failed(ran.both(), root, start), job.failing) << job.command << "\n" << ran.both();

    auto tree = tree::HostTree::open(directory.path());
    ASSERT_TRUE(tree);
    text::SourceMap sources;
    facts::Store facts;
    stack::Survey survey(**tree, sources, facts);
    EXPECT_TRUE(stack::survey(survey, {{"/etc"}, ""}).empty());
    EXPECT_EQ(foretold(facts), job.failing) << job.command << "\n" << job.code;
  }
}

}  // namespace
}  // namespace stackaudit

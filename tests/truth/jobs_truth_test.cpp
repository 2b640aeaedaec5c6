// run-parts, logrotate and PHP asked about what they pass over: the audit says the same.
#include "stack/jobs/job_files.hpp"
#include "stack/jobs/job_syntax.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/pools/php_runtime.hpp"
#include "support/process.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack {
namespace {

// What the audit says of one file of that mode.
std::size_t told(const std::string& path, const std::string& mode, const std::string& content) {
  tree::MemoryTree tree;
  tree.add("/etc/debian_version 0644 root:root", "12\n");
  tree.add("/etc/logrotate.d/a 0644 root:root", "/var/log/x/*.log {\n  daily\n}\n");
  tree.add(path + " " + mode + " root:root", content);
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  check_job_syntax(survey);
  return facts.rows<facts::SyntaxProblem>().size();
}

TEST(JobsTruth, NamesAndModesThatRunPartsPassesOver) {
  if (!test::installed("run-parts")) GTEST_SKIP() << "run-parts is not installed";
  for (const std::string name : {"backup", "backup.sh", "back_up", "back-up2", "a.b"})
    for (const std::string mode : {"0755", "0644"}) {
      const test::TempDir folder;
      const auto path = folder.write(name, "#!/bin/sh\n");
      (void)test::run({"chmod", mode, path});
      const auto runs = test::run({"run-parts", "--test", folder.path().string()}).out;
      EXPECT_EQ(told("/etc/cron.daily/" + name, mode, "#!/bin/sh\n") == 0, !runs.empty())
          << name << mode;
    }
}

TEST(JobsTruth, WhatLogrotateLeavesOut) {
  if (!test::installed("logrotate")) GTEST_SKIP() << "logrotate is not installed";
  for (const std::string lines :
       {"daily", "compres", "compress", "daly", "missingok\n  size 10M", "dateext\n  missingok",
        "notifempt", "sharedscripts\n  postrotate\n    compres\n  endscript",
        "postrotate\n    true"})
    for (const std::string mode : {"0644", "0664", "0646", "0600"}) {
      const test::TempDir folder;
      const auto text = folder.path().string() + "/none/*.log {\n  missingok\n  " + lines + "\n}\n";
      const auto path = folder.write("conf", text);
      (void)test::run({"chmod", mode, path});
      const auto said = test::run({"logrotate", "-d", path}).both();
      EXPECT_EQ(told("/etc/logrotate.d/web", mode, text) != 0,
                said.find("error:") != std::string::npos)
          << lines << mode << said;
    }
}

TEST(JobsTruth, OptionsOfLogrotate) {
  if (!test::installed("logrotate")) GTEST_SKIP() << "logrotate is not installed";
  for (const std::string option : {"addextension .log",
                                   "allowhardlink",
                                   "noallowhardlink",
                                   "compress",
                                   "nocompress",
                                   "compresscmd /x",
                                   "uncompresscmd /x",
                                   "compressext .z",
                                   "compressoptions 9",
                                   "copy",
                                   "nocopy",
                                   "copytruncate",
                                   "nocopytruncate",
                                   "create",
                                   "nocreate",
                                   "createolddir 755 root root",
                                   "nocreateolddir",
                                   "daily",
                                   "dateext",
                                   "nodateext",
                                   "dateformat -%s",
                                   "dateyesterday",
                                   "datehourago",
                                   "delaycompress",
                                   "nodelaycompress",
                                   "extension .log",
                                   "hourly",
                                   "ifempty",
                                   "notifempty",
                                   "ignoreduplicates",
                                   "mail a@b.test",
                                   "nomail",
                                   "mailfirst",
                                   "maillast",
                                   "maxage 3",
                                   "maxsize 3",
                                   "minage 3",
                                   "minsize 3",
                                   "missingok",
                                   "nomissingok",
                                   "monthly",
                                   "weekly",
                                   "yearly",
                                   "noolddir",
                                   "renamecopy",
                                   "norenamecopy",
                                   "rotate 3",
                                   "sharedscripts",
                                   "nosharedscripts",
                                   "shred",
                                   "noshred",
                                   "shredcycles 3",
                                   "size 3k",
                                   "start 3",
                                   "su root root",
                                   "dayly",
                                   "copytruncat",
                                   "compresscmnd /x",
                                   "nomissingock",
                                   "uncompresscmds /x"}) {
    const test::TempDir folder;
    const auto text = "/var/log/none/*.log {\n  " + option + "\n}\n";
    const auto path = folder.write("web", text);
    (void)test::run({"chmod", "0644", path});
    const auto said = test::run({"logrotate", "-d", path}).both();
    EXPECT_EQ(told("/etc/logrotate.d/web", "0644", text) != 0,
              said.find("unknown option") != std::string::npos)
        << option << "\n"
        << said;
  }
}

TEST(JobsTruth, DirectoriesThatLogrotateDoesNotTrust) {
  if (!test::installed("logrotate")) GTEST_SKIP() << "logrotate is not installed";
  for (const std::string mode : {"0755", "0775", "0777", "1777", "2750"})
    for (const std::string group : {"root", "www-data"})
      for (const std::string su : {"", "  su www-data adm\n"}) {
        const test::TempDir folder;
        const auto logs = folder.path().string() + "/logs";
        folder.write("logs/a.log", "line\n");
        (void)test::run({"chgrp", group, logs});
        (void)test::run({"chmod", mode, logs});
        const auto text = logs + "/*.log {\n  daily\n" + su + "}\n";
        const auto path = folder.write("conf", text);
        (void)test::run({"chmod", "0644", path});
        const auto said = test::run({"logrotate", "-d", "-f", path}).both();
        tree::MemoryTree tree;
        tree.add("/etc/logrotate.d/web 0644 root:root", text);
        tree.add("/etc/group 0644 root:root", "root:x:0:\nwww-data:x:33:\n");
        tree.add(logs + " " + mode + " root:" + group + " dir");
        text::SourceMap sources;
        facts::Store facts;
        Survey survey(tree, sources, facts);
        check_job_syntax(survey);
        EXPECT_EQ(!facts.rows<facts::SyntaxProblem>().empty(),
                  said.find("insecure permissions") != std::string::npos)
            << mode << group << su << said;
      }
}

TEST(JobsTruth, WhoMayRenameTheLogs) {
  if (!test::installed("logrotate")) GTEST_SKIP() << "logrotate is not installed";
  for (const std::string mode : {"0755", "0775", "0700", "0750"})
    for (const std::string owner : {"root:adm", "www-data:adm", "root:www-data"})
      for (const std::string su : {"root adm", "www-data www-data", "www-data adm"}) {
        const test::TempDir folder;
        const auto logs = folder.path().string() + "/logs";
        (void)test::run({"chmod", "0755", folder.path().string()});
        folder.write("logs/a.log", "line\n");
        (void)test::run({"chown", "-R", owner, logs});
        (void)test::run({"chmod", mode, logs});
        const auto text = logs + "/*.log {\n  daily\n  su " + su + "\n}\n";
        const auto path = folder.write("conf", text);
        (void)test::run({"chmod", "0644", path});
        const auto said =
            test::run({"logrotate", "-f", "-s", folder.path().string() + "/state", path}).both();
        tree::MemoryTree tree;
        tree.add("/etc/logrotate.d/web 0644 root:root", text);
        tree.add("/etc/passwd 0644 root:root",
                 "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n");
        tree.add("/etc/group 0644 root:root", "root:x:0:\nadm:x:4:\nwww-data:x:33:\n");
        tree.add(logs + " " + mode + " " + owner + " dir");
        text::SourceMap sources;
        facts::Store facts;
        Survey survey(tree, sources, facts);
        check_rotation(survey);
        EXPECT_EQ(!facts.rows<facts::SyntaxProblem>().empty(),
                  said.find("Permission denied") != std::string::npos)
            << mode << owner << su << said;
      }
}

TEST(JobsTruth, NamesThatLogrotatePassesOver) {
  if (!test::installed("logrotate")) GTEST_SKIP() << "logrotate is not installed";
  const test::TempDir folder, around;
  const std::string text = "/none/x.log {\n  missingok\n}\n";
  const std::vector<std::string> names{
      "a",         "a.conf",     "a.old",     "a.save",     "a.orig",         "a.bak",
      "a~",        "a,v",        "a.swp",     "a.disabled", "a.dpkg-old",     "a.dpkg-tmp",
      "a.rpmsave", "a.ucf-dist", "a.ucf-old", "a.cfsaved",  "a.rhn-cfg-tmp-1"};
  tree::MemoryTree tree;
  for (const auto& name : names) {
    (void)test::run({"chmod", "0644", folder.write(name, text)});
    tree.add("/etc/logrotate.d/" + name + " 0644 root:root", text);
  }
  const auto main = around.write("conf", "include " + folder.path().string() + "\n");
  (void)test::run({"chmod", "0644", main});
  const auto said = test::run({"logrotate", "-d", main}).both();
  const auto read = rotation_files(tree);
  for (const auto& name : names)
    EXPECT_EQ(std::ranges::find(read, "/etc/logrotate.d/" + name) != read.end(),
              said.find("reading config file " + name + "\n") != std::string::npos)
        << name << said;
}

TEST(PhpSettingsTruth, TimeZones) {
  if (!test::installed("php")) GTEST_SKIP() << "PHP is not installed";
  for (const std::string zone : {"Europe/Berlin", "europe/berlin", "Europe/Berlni", "Europe/Munich",
                                 "America/Argentina/Ushuaia", "America/Argentina/Nowhere", "UTC"}) {
    tree::MemoryTree tree;
    tree.add("/usr/share/zoneinfo/Europe/Berlin 0644 root:root");
    tree.add("/usr/share/zoneinfo/America/Argentina/Ushuaia 0644 root:root");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(tree, sources, facts);
    survey.php_ini["/etc/php/8.2/fpm"]["date.timezone"] = {zone, Survey::whole_file("/a")};
    check_php_settings(survey);
    const auto said = test::run({"php", "-n", "-d", "date.timezone=" + zone, "-d",
                                 "display_errors=1", "-r", "echo date('H');"})
                          .both();
    EXPECT_EQ(!facts.rows<facts::Reference>().empty(),
              said.find("Invalid date.timezone") != std::string::npos)
        << zone << said;
  }
}

}  // namespace
}  // namespace stackaudit::stack

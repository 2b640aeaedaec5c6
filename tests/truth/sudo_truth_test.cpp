// Asks sudo who may run what, and compares the lines that the audit takes to be about a worker.
#include "stack/rights/privileges.hpp"
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kPasswd =
    "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/usr/sbin/nologin\n";

std::vector<facts::SudoRule> rules_of(std::string_view sudoers) {
  tree::MemoryTree tree;
  tree.add("/etc/passwd 0644 root:root", kPasswd);
  tree.add("/etc/group 0644 root:root", "root:x:0:\nwww-data:x:33:\n");
  tree.add("/etc/sudoers 0440 root:root", sudoers);
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  facts::Worker worker;
  worker.user = "www-data";
  worker.uid = 33;
  facts.add(worker);
  record_sudo(survey);
  return facts.rows<facts::SudoRule>();
}

// What sudo says to this question about the file.
test::Output asked(const test::TempDir& folder, const std::string& sudoers,
                   const std::string& question) {
  namespace fs = std::filesystem;
  const auto path = folder.write("sudoers", sudoers);
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
  auto said = test::run({"unshare", "-m", "sh", "-c",
                         "mount --bind \"$0\" /etc/sudoers && mount -t tmpfs none "
                         "/etc/sudoers.d && sudo " +
                             question,
                         path});
  fs::permissions(path, fs::perms::owner_all);
  return said;
}

bool we_say(std::string_view sudoers) {
  return std::ranges::any_of(rules_of(sudoers),
                             [](const auto& row) { return row.worker == "www-data"; });
}

bool sudo_says(const test::TempDir& folder, const std::string& sudoers) {
  const auto said = asked(folder, sudoers, "-l -U www-data");
  EXPECT_NE(said.both().find("www-data"), std::string::npos) << said.both();
  return said.out.find("may run the following commands") != std::string::npos;
}

TEST(SudoTruth, WhoMayRunSomething) {
  if (!test::installed("sudo") || !test::installed("unshare"))
    GTEST_SKIP() << "sudo is not installed";
  const test::TempDir folder;
  for (const auto* lines :
       {"root ALL=(ALL) ALL", "www-data ALL=(ALL) ALL", "www-data ALL=(root) NOPASSWD: /bin/true",
        "User_Alias WEB = www-data, root\nWEB ALL=(root) /bin/true",
        "User_Alias A = B\nUser_Alias B = www-data\nA ALL=(root) /bin/true",
        "User_Alias WEB = root : OPS = www-data\nOPS ALL=/bin/true",
        "User_Alias WEB = root : OPS = www-data\nWEB ALL=/bin/true",
        "%www-data ALL=(ALL) /bin/true", "#33 ALL=(ALL) /bin/true", "%#33 ALL=(ALL) /bin/true",
        "ALL ALL=(ALL) /bin/true", "# www-data ALL=(ALL) ALL", "www-data2 ALL=(ALL) ALL",
        "Cmnd_Alias X = /bin/true, \\\n  /bin/false\nwww-data ALL = NOPASSWD: X",
        "Defaults:www-data !requiretty", "root, www-data ALL=(ALL) ALL",
        "ALL, !www-data ALL=(ALL) ALL", "www-data ALL=(ALL) !/bin/sh",
        "www-data ALL=(ALL) NOPASSWD: ALL, !/bin/su"}) {
    const auto text = std::string(lines) + "\n";
    EXPECT_EQ(we_say(text), sudo_says(folder, text)) << text;
  }
}

bool everything_as_root(const std::string& sudoers) {
  return std::ranges::any_of(rules_of(sudoers), &facts::SudoRule::everything);
}

bool sudo_allows_root(const test::TempDir& folder, const std::string& sudoers) {
  return asked(folder, sudoers, "-U www-data -u root -l /usr/bin/id").out.find("/usr/bin/id") !=
         std::string::npos;
}

TEST(SudoTruth, WhoMayRunAllAsRoot) {
  if (!test::installed("sudo") || !test::installed("unshare"))
    GTEST_SKIP() << "sudo is not installed";
  const test::TempDir folder;
  for (const auto* lines :
       {"www-data ALL=ALL", "www-data ALL=(ALL) ALL", "www-data ALL=(root) NOPASSWD: ALL",
        "www-data ALL=(daemon) ALL", "www-data ALL=(daemon, root) NOPASSWD: ALL",
        "www-data ALL=(ALL, !root) ALL", "www-data ALL=(:adm) ALL", "www-data ALL=(#0) ALL",
        "www-data ALL=(root : adm) ALL", "www-data ALL=(root) /bin/true",
        "Runas_Alias R = daemon, root\nwww-data ALL=(R) ALL",
        "Runas_Alias R = daemon\nwww-data ALL=(R) ALL",
        "www-data ALL=(daemon) ALL, (root) /bin/true",
        "www-data ALL=(root) /bin/true, (daemon) ALL",
        "www-data ALL=(daemon) /bin/true, (root) ALL"}) {
    const auto text = std::string(lines) + "\n";
    EXPECT_EQ(everything_as_root(text), sudo_allows_root(folder, text)) << text;
  }
}

}  // namespace
}  // namespace stackaudit::stack

// The access model's words and its corners; kernel_test.cpp compares it with the kernel.
#include "tree/access.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace stackaudit::tree {
namespace {

class Access : public testing::Test {
 protected:
  Access() {
    tree_.add("/etc/passwd 0644 root:root",
              "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n"
              "deploy:x:1000:1000::/home/deploy:/bin/sh\nnginx:x:101:101::/:/bin/sh\n");
    tree_.add("/etc/group 0644 root:root",
              "root:x:0:\nwww-data:x:33:\ndeploy:x:1000:www-data\nnginx:x:101:\nweb:x:50:nginx\n");
  }
  // "allowed", or "EACCES /component: why".
  std::string ask(std::string_view user, Operation operation, std::string_view path) {
    const auto accounts = Accounts::load(tree_);
    const auto verdict =
        may(tree_, accounts, accounts.become(*accounts.user(user)), operation, path);
    if (verdict) return "allowed";
    auto text = errno_name(verdict.error) + " " + verdict.component;
    if (!verdict.why.empty()) text += ": " + verdict.why;
    return text + (verdict.blind ? " (blind)" : "");
  }
  MemoryTree tree_;
};

TEST_F(Access, OneClassDecides) {
  tree_.add("/a 0604 root:www-data", "x");
  EXPECT_EQ(ask("www-data", Operation::read, "/a"),
            "EACCES /a: group www-data has ---, r needed (mode 0604, root:www-data)");
  EXPECT_EQ(ask("nginx", Operation::read, "/a"), "allowed");
  EXPECT_EQ(ask("nginx", Operation::write, "/a"),
            "EACCES /a: others have r--, w needed (mode 0604, root:www-data)");
  tree_.add("/b 0077 www-data:root", "x");
  EXPECT_EQ(ask("www-data", Operation::read, "/b"),
            "EACCES /b: owner www-data has ---, r needed (mode 0077, www-data:root)");
  EXPECT_EQ(ask("root", Operation::read, "/b"), "allowed");
}

TEST_F(Access, EveryDirectoryOnTheWayCounts) {
  tree_.add("/home/deploy 0700 deploy:deploy dir");
  tree_.add("/home/deploy/www/index.php 0644 deploy:deploy", "x");
  tree_.add("/srv/www -> /home/deploy/www");
  const std::string refused =
      "EACCES /home/deploy: group deploy has ---, x needed (mode 0700, deploy:deploy)";
  EXPECT_EQ(ask("www-data", Operation::read, "/srv/www/index.php"), refused);
  EXPECT_EQ(ask("www-data", Operation::stat, "/home/deploy/www/none"), refused);
  EXPECT_EQ(ask("www-data", Operation::append, "/home/deploy/none"), refused);
  EXPECT_EQ(ask("www-data", Operation::stat, "/home/deploy"), "allowed");
  EXPECT_EQ(ask("deploy", Operation::stat, "/home/deploy/www/none"),
            "ENOENT /home/deploy/www/none");
}

TEST_F(Access, AclEntriesAndTheMask) {
  tree_.add("/a 0600 root:root acl u:www-data:r", "x");
  EXPECT_EQ(ask("www-data", Operation::read, "/a"), "allowed");
  tree_.add("/b 0600 root:root acl u:www-data:rw,m::w", "x");
  EXPECT_EQ(
      ask("www-data", Operation::read, "/b"),
      "EACCES /b: ACL entry user:www-data has rw-, cut to -w- by the ACL mask, r needed (mode "
      "0620, root:root, with ACL)");
  tree_.add("/c 0604 root:root acl g:web:-", "x");
  EXPECT_EQ(ask("nginx", Operation::read, "/c"), "allowed");  // mask --- : the ACL is not asked
  tree_.add("/d 0604 root:root acl g:web:-,m::r", "x");
  EXPECT_EQ(ask("nginx", Operation::read, "/d"),
            "EACCES /d: ACL entry group:web has ---, r needed (mode 0644, root:root, with ACL)");
  tree_.add("/e 0600 root:root acl g:web:r", "x");
  EXPECT_EQ(
      ask("deploy", Operation::read, "/e"),
      "EACCES /e: no ACL entry matches, others have ---, r needed (mode 0640, root:root, with "
      "ACL)");
}

TEST_F(Access, GroupEntriesDoNotAddUp) {
  tree_.add("/d 0750 root:nginx dir acl g:nginx:rx,g:web:rw", {});
  EXPECT_EQ(ask("nginx", Operation::create, "/d/new"),
            "EACCES /d: group nginx has r-x, wx needed (mode 0770, root:nginx, with ACL)");
}

TEST_F(Access, AppendWritesOrCreates) {
  tree_.add("/var/log/nginx 0755 root:root dir");
  tree_.add("/var/log/nginx/access.log 0640 www-data:root");
  tree_.add("/var/log/own 0755 www-data:root dir");
  tree_.add("/var/log/link -> own/made.log");
  EXPECT_EQ(ask("www-data", Operation::append, "/var/log/nginx/access.log"), "allowed");
  EXPECT_EQ(ask("www-data", Operation::append, "/var/log/nginx/error.log"),
            "EACCES /var/log/nginx: others have r-x, wx needed (mode 0755, root:root)");
  EXPECT_EQ(ask("www-data", Operation::append, "/var/log/none/error.log"), "ENOENT /var/log/none");
  EXPECT_EQ(ask("root", Operation::append, "/var/log/none/error.log"), "ENOENT /var/log/none");
  EXPECT_EQ(ask("www-data", Operation::append, "/var/log/link"), "allowed");
  EXPECT_EQ(ask("www-data", Operation::append, "/var/log/own"), "EISDIR /var/log/own");
}

TEST_F(Access, StickyDirectoriesProtectNames) {
  tree_.add("/tmp 1777 root:root dir");
  tree_.add("/tmp/a 0666 deploy:deploy");
  EXPECT_EQ(ask("www-data", Operation::replace, "/tmp/a"),
            "EPERM /tmp: the directory is sticky (mode 1777, root:root): only deploy, the owner of "
            "the file, or root, its own, may replace /tmp/a");
  EXPECT_EQ(ask("deploy", Operation::replace, "/tmp/a"), "allowed");
  EXPECT_EQ(ask("root", Operation::replace, "/tmp/a"), "allowed");
  EXPECT_EQ(ask("www-data", Operation::create, "/tmp/b"), "allowed");
}

TEST_F(Access, SocketsAndOtherEnds) {
  tree_.add("/run/app.sock 0660 deploy:nginx socket");
  EXPECT_EQ(ask("nginx", Operation::connect, "/run/app.sock"), "allowed");
  EXPECT_EQ(ask("www-data", Operation::connect, "/run/app.sock"),
            "EACCES /run/app.sock: others have ---, w needed (mode 0660, deploy:nginx)");
  EXPECT_EQ(ask("nginx", Operation::read, "/run/app.sock"), "ENXIO /run/app.sock");
  EXPECT_EQ(ask("root", Operation::connect, "/etc/passwd"), "ECONNREFUSED /etc/passwd");
  EXPECT_EQ(ask("root", Operation::search, "/etc/passwd"), "ENOTDIR /etc/passwd");
  EXPECT_EQ(ask("root", Operation::write, "/etc"), "EISDIR /etc");
  EXPECT_EQ(ask("nginx", Operation::search, "/etc"), "allowed");
}

TEST_F(Access, CapabilitiesCount) {
  tree_.add("/secret 0700 root:root dir");
  tree_.add("/secret/a 0600 root:root", "x");
  const auto accounts = Accounts::load(tree_);
  auto who = accounts.become(*accounts.user("www-data"));
  who.capabilities.dac_read_search = true;
  EXPECT_TRUE(may(tree_, accounts, who, Operation::read, "/secret/a"));
  EXPECT_EQ(may(tree_, accounts, who, Operation::write, "/secret/a").error, EACCES);
  who.capabilities = {};
  who.capabilities.dac_override = true;
  EXPECT_TRUE(may(tree_, accounts, who, Operation::write, "/secret/a"));
}

TEST_F(Access, RightsOfOneFile) {
  const auto accounts = Accounts::load(tree_);
  const auto worker = accounts.become(*accounts.user("www-data"));
  Stat stat;
  stat.mode = 0754;
  stat.gid = 33;
  EXPECT_EQ(rights_of(worker, stat, {}), 5);
  stat.uid = 33;
  EXPECT_EQ(rights_of(worker, stat, {}), 7);
}

// An auditor who may not look below /closed.
class Blindfolded final : public Tree {
 public:
  explicit Blindfolded(const Tree& under) : under_(under) {}
  Result<Stat> lstat(std::string_view path) const override {
    if (path.starts_with("/closed/")) return Error{EACCES};
    return under_.lstat(path);
  }
  Result<std::string> read(std::string_view path, std::size_t limit) const override {
    return under_.read(path, limit);
  }
  Result<std::string> readlink(std::string_view path) const override {
    return under_.readlink(path);
  }
  Result<std::vector<std::string>> list(std::string_view path) const override {
    return under_.list(path);
  }
  Result<Acl> acl(std::string_view path) const override { return under_.acl(path); }

 private:
  const Tree& under_;
};

TEST_F(Access, TheAuditorsOwnBlindnessIsNoVerdict) {
  tree_.add("/closed 0700 deploy:deploy dir");
  tree_.add("/closed/a 0644 deploy:deploy");
  const Blindfolded view(tree_);
  const auto accounts = Accounts::load(tree_);
  const auto as = [&](std::string_view user) {
    return may(view, accounts, accounts.become(*accounts.user(user)), Operation::read, "/closed/a");
  };
  EXPECT_TRUE(as("deploy").blind);
  EXPECT_EQ(as("deploy").error, EACCES);
  EXPECT_FALSE(as("nginx").blind);  // refused by what the auditor can see
  EXPECT_EQ(as("nginx").component, "/closed");
}

// fs.protected_symlinks and fs.protected_regular, as the kernel's sysctl/fs.rst has them: this
// machine's kernel may have them switched off, so that kernel_test.cpp does not reach them.
TEST_F(Access, StickyDirectoriesOfEverybodyAreProtected) {
  tree_.add("/tmp 1777 root:root dir");
  tree_.add("/etc/target 0644 root:root", "x");
  tree_.add("/tmp/a 0777 deploy:deploy -> /etc/target");
  EXPECT_EQ(ask("www-data", Operation::read, "/tmp/a"),
            "EACCES /tmp/a: the link is in a sticky directory that everybody may write and belongs "
            "to deploy, neither the process nor the directory's owner (fs.protected_symlinks)");
  EXPECT_EQ(ask("root", Operation::read, "/tmp/a").substr(0, 13), "EACCES /tmp/a");
  EXPECT_EQ(ask("deploy", Operation::read, "/tmp/a"), "allowed");
  tree_.add("/tmp/b 0777 root:root -> /etc/target");
  EXPECT_EQ(ask("www-data", Operation::read, "/tmp/b"), "allowed");
  tree_.add("/tmp/d 0777 deploy:deploy -> /etc");
  EXPECT_EQ(ask("www-data", Operation::read, "/tmp/d/target"), "allowed") << "only the last name";
  tree_.add("/tmp/log 0666 deploy:deploy", "x");
  EXPECT_EQ(ask("root", Operation::append, "/tmp/log"),
            "EACCES /tmp/log: the file is in a sticky directory that others may write and belongs "
            "to deploy, neither the process nor the directory's owner (fs.protected_regular)");
  EXPECT_EQ(ask("www-data", Operation::write, "/tmp/log"), "allowed") << "without O_CREAT";
}

TEST_F(Access, AnOpenThatMakesDoesNotFollowALinkToADirectoryName) {
  tree_.add("/srv/link -> new/");
  EXPECT_EQ(ask("root", Operation::append, "/srv/link"), "EISDIR /srv/new");
  EXPECT_EQ(ask("root", Operation::read, "/srv/link"), "ENOENT /srv/new");
}

}  // namespace
}  // namespace stackaudit::tree

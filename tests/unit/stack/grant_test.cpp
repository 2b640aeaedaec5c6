// What is suggested to let a refused process through.
#include "stack/grant.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

using tree::Operation;

class Grants : public testing::Test {
 protected:
  std::string ask(std::string_view line, Operation operation, std::string_view purpose) {
    tree_.add(line, "x");
    const auto accounts = tree::Accounts::load(tree_);
    const auto who = accounts.become(*accounts.user("www-data"));
    const auto verdict = tree::may(tree_, accounts, who, operation, "/srv/d/file");
    const auto grant = smallest_grant(tree_, accounts, who, operation, purpose, verdict);
    return grant.words + (grant.mode ? " (mode)" : "");
  }
  tree::MemoryTree tree_;
};

TEST_F(Grants, ContentIsOpenedToReaders) {
  EXPECT_EQ(ask("/srv/d/file 0600 root:root", Operation::read, "content"),
            "chmod 0644 /srv/d/file (mode)");
  EXPECT_EQ(ask("/srv/d/file 0000 root:root", Operation::read, "php"),
            "chmod 0644 /srv/d/file (mode)");
  EXPECT_EQ(ask("/srv/d/file 0604 root:www-data", Operation::read, "php"),
            "chmod 0644 /srv/d/file (mode)");
  EXPECT_EQ(ask("/srv/d/file 0200 www-data:root", Operation::read, "php"),
            "chmod 0600 /srv/d/file (mode)");
}

TEST_F(Grants, SecretsStayClosedToOthers) {
  EXPECT_EQ(ask("/srv/d/file 0600 root:root", Operation::read, "password-file"),
            "chgrp www-data /srv/d/file and chmod 0640 /srv/d/file");
  EXPECT_EQ(ask("/srv/d/file 0640 root:daemon", Operation::read, "php"),
            "chgrp www-data /srv/d/file, or make www-data a member of group daemon");
}

TEST_F(Grants, DirectoriesLetThrough) {
  tree_.add("/srv/d 0700 root:root dir");
  EXPECT_EQ(ask("/srv/d/file 0644 root:root", Operation::read, "key"), "chmod 0711 /srv/d (mode)");
}

TEST_F(Grants, NothingIsOpenedForWritingToOthers) {
  EXPECT_EQ(ask("/srv/d/file 0644 root:root", Operation::append, "log"),
            "chown www-data /srv/d/file");
  EXPECT_EQ(ask("/srv/d 0755 root:root dir", Operation::append, "log"),
            "chown www-data /srv/d/file");
  tree_.remove("/srv/d/file");
  EXPECT_EQ(ask("/srv/d 0755 root:root dir", Operation::append, "log"), "chown www-data /srv/d");
}

TEST_F(Grants, AclsAreAnsweredWithAcls) {
  EXPECT_EQ(ask("/srv/d/file 0640 root:root acl u:www-data:r,m::w", Operation::read, "php"),
            "setfacl -m u:www-data:r /srv/d/file");
}

TEST_F(Grants, SocketsAreTheirServicesBusiness) {
  EXPECT_EQ(ask("/srv/d/file 0600 root:root socket", Operation::connect, "socket"),
            "let the service that makes the socket give www-data the right to write: its listen "
            "owner, group and mode");
}

}  // namespace
}  // namespace stackaudit::stack

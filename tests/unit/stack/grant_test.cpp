// What is suggested to let a refused process through.
#include "stack/rights/grant.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

using tree::Operation;

class Grants : public testing::Test {
 protected:
  Grants() {
    tree_.add("/etc/passwd 0644 root:root",
              "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n"
              "deploy:x:1000:1000::/home/deploy:/bin/sh\nann:x:1001:1001::/:/bin/sh\n");
    tree_.add("/etc/group 0644 root:root",
              "root:x:0:\nwww-data:x:33:\ndeploy:x:1000:\nweb:x:50:www-data,ann\n");
  }
  // The words, how they would be carried out, and who else gains.
  std::string ask(std::string_view line, Operation operation) {
    tree_.add(line, "x");
    const auto accounts = tree::Accounts::load(tree_);
    const auto who = accounts.become(*accounts.user("www-data"));
    const auto verdict = tree::may(tree_, accounts, who, operation, "/srv/d/file");
    const auto grant = smallest_grant(tree_, accounts, who, operation, verdict);
    return grant.words + (grant.kind.empty() ? "" : " [" + std::string(grant.kind) + "]") +
           (grant.gains.empty() ? "" : " also for " + grant.gains);
  }
  tree::MemoryTree tree_;
};

TEST_F(Grants, TheGroupOfTheProcessWhereTheGroupIsRoots) {
  EXPECT_EQ(ask("/srv/d/file 0600 root:root", Operation::read),
            "chgrp www-data /srv/d/file and chmod 0640 /srv/d/file [group]");
  EXPECT_EQ(ask("/srv/d/file 0000 root:root", Operation::read),
            "chgrp www-data /srv/d/file and chmod 0640 /srv/d/file [group]");
}

TEST_F(Grants, TheBitsOfTheClassThatDecides) {
  EXPECT_EQ(ask("/srv/d/file 0604 root:www-data", Operation::read),
            "chmod 0644 /srv/d/file [mode]");
  EXPECT_EQ(ask("/srv/d/file 0200 www-data:root", Operation::read),
            "chmod 0600 /srv/d/file [mode]");
}

TEST_F(Grants, AnEntryForTheUserWhereAGroupWouldLetOthersIn) {
  EXPECT_EQ(ask("/srv/d/file 0600 root:web", Operation::read),
            "setfacl -m u:www-data:r /srv/d/file [acl]");
  EXPECT_EQ(ask("/srv/d/file 0640 root:deploy", Operation::read),
            "setfacl -m u:www-data:r /srv/d/file [acl]");
}

TEST_F(Grants, DirectoriesLetThrough) {
  tree_.add("/srv/d 0700 root:root dir");
  EXPECT_EQ(ask("/srv/d/file 0644 root:root", Operation::read),
            "chgrp www-data /srv/d and chmod 0710 /srv/d [group]");
  tree_.add("/srv/d 0700 deploy:deploy dir");
  EXPECT_EQ(ask("/srv/d/file 0644 root:root", Operation::read),
            "setfacl -m u:www-data:x /srv/d [acl]");
}

TEST_F(Grants, NothingIsOpenedForWritingToOthers) {
  EXPECT_EQ(ask("/srv/d/file 0644 root:root", Operation::append),
            "chgrp www-data /srv/d/file and chmod 0664 /srv/d/file [group]");
  tree_.remove("/srv/d/file");
  EXPECT_EQ(ask("/srv/d 0755 deploy:deploy dir", Operation::append),
            "setfacl -m u:www-data:wx /srv/d [acl]");
}

TEST_F(Grants, AclsAreAnsweredWithAclsAndSayWhoElseGains) {
  EXPECT_EQ(ask("/srv/d/file 0640 root:root acl u:www-data:r,m::-", Operation::read),
            "setfacl -m u:www-data:r /srv/d/file [acl]");
  EXPECT_EQ(ask("/srv/d/file 0640 root:root acl u:www-data:r,u:ann:r,m::-", Operation::read),
            "setfacl -m u:www-data:r /srv/d/file [acl] also for ann");
}

TEST_F(Grants, SocketsAreTheirServicesBusiness) {
  EXPECT_EQ(ask("/srv/d/file 0600 root:root socket", Operation::connect),
            "let the service that makes the socket give www-data the right to write: its listen "
            "owner, group and mode [decide]");
}

}  // namespace
}  // namespace stackaudit::stack

// What is to be mounted and has nothing in it here is not known, not missing.
#include "tree/unmounted_tree.hpp"

#include "tree/memory_tree.hpp"
#include "tree/resolve.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace stackaudit::tree {
namespace {

TEST(UnmountedTree, WhatIsBelowAnEmptyMountPointIsUnseen) {
  MemoryTree tree;
  tree.add("/etc/fstab 0644 root:root",
           "# comment\n"
           "UUID=1 / ext4 defaults 0 1\n"
           "nas:/media /mnt/media nfs4 ro,nofail 0 0\n"
           "LABEL=srv /srv ext4 defaults 0 2\n"
           "/srv/a /var/www/bound/ none bind 0 0\n"
           "none /var/cache/fast tmpfs size=1G 0 0\n"
           "/dev/sda2 none swap sw 0 0\n");
  tree.add("/etc/systemd/system/pub.mount 0644 root:root", "[Mount]\nWhere=/pub\nType=nfs\n");
  tree.add("/var/www/bound 0755 root:root dir");
  tree.add("/srv/site/index.html 0644 root:root", "x");
  EXPECT_EQ(unmounted_directories(tree),
            (std::vector<std::string>{"/mnt/media", "/pub", "/var/www/bound"}));
  const UnmountedTree seen(tree, unmounted_directories(tree));
  EXPECT_EQ(resolve(seen, "/mnt/media/public").error, kNotMounted);
  EXPECT_EQ(resolve(seen, "/pub").error, kNotMounted);
  EXPECT_EQ(resolve(seen, "/var/www/bound/a").error, kNotMounted);
  EXPECT_TRUE(resolve(seen, "/var/www/bound"));
  EXPECT_EQ(resolve(seen, "/srv/none").error, ENOENT);
  EXPECT_EQ(resolve(seen, "/var/cache/fast").error, ENOENT);
  EXPECT_EQ(resolve(seen, "/publication").error, ENOENT);
  EXPECT_TRUE(is_unseen(kNotMounted));
}

}  // namespace
}  // namespace stackaudit::tree

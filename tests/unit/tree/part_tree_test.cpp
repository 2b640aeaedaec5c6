// A part shows what lies below its directories, and the way to them.
#include "tree/part_tree.hpp"

#include "tree/memory_tree.hpp"
#include "tree/resolve.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace stackaudit::tree {
namespace {

TEST(PartTree, ShowsItsDirectoriesAndTheWayThere) {
  MemoryTree whole;
  whole.add("/home/ci/shop/nginx.conf 0644 root:root", "events {}");
  whole.add("/home/ci/shop/etc -> /etc");
  whole.add("/home/ci/other/a 0644 root:root", "a");
  whole.add("/etc/nginx/nginx.conf 0644 root:root", "events {}");
  const PartTree part(whole, {"/home/ci/shop"});
  EXPECT_EQ(*part.read("/home/ci/shop/nginx.conf", kReadLimit), "events {}");
  EXPECT_EQ(*part.list("/home/ci"), std::vector<std::string>{"shop"});
  EXPECT_EQ(*part.list("/"), std::vector<std::string>{"home"});
  EXPECT_TRUE(part.lstat("/home/ci"));
  EXPECT_EQ(part.lstat("/home/ci/other").error(), ENOENT);
  EXPECT_EQ(part.read("/etc/nginx/nginx.conf", kReadLimit).error(), ENOENT);
  EXPECT_EQ(part.list("/etc").error(), ENOENT);
  EXPECT_EQ(resolve(part, "/home/ci/shop/etc/nginx").error, ENOENT);
}

TEST(PartTree, ADirectoryWithTheSameBeginningIsAnother) {
  MemoryTree whole;
  whole.add("/srv/shop2/a 0644 root:root", "a");
  const PartTree part(whole, {"/srv/shop"});
  EXPECT_EQ(part.lstat("/srv/shop2/a").error(), ENOENT);
}

}  // namespace
}  // namespace stackaudit::tree

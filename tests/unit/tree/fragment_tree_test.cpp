// A checkout of /etc/nginx says nothing of what lies elsewhere, and everything of what lies in it.
#include "tree/fragment_tree.hpp"

#include "tree/memory_tree.hpp"
#include "tree/resolve.hpp"

#include <gtest/gtest.h>

namespace stackaudit::tree {
namespace {

struct Checkout {
  MemoryTree part;
  FragmentTree tree{part};

  Checkout() {
    part.add("/etc/nginx/nginx.conf 0644 0:0", "events {}");
    part.add("/etc/nginx/sites-enabled/a -> /etc/nginx/sites-available/a");
    part.add("/etc/nginx/modules-enabled/m.conf -> /usr/share/nginx/modules-available/m.conf");
  }
  [[nodiscard]] std::string asked(std::string_view path) const {
    const auto end = resolve(tree, path);
    return end ? "found" : errno_name(end.error);
  }
};

TEST(FragmentTree, IsWhatLacksThePrograms) {
  const Checkout checkout;
  EXPECT_TRUE(FragmentTree::is_fragment(checkout.part));
  MemoryTree whole;
  whole.add("/usr 0755 0:0 dir");
  EXPECT_FALSE(FragmentTree::is_fragment(whole));
}

TEST(FragmentTree, TellsMissingFromUnknown) {
  const Checkout checkout;
  EXPECT_EQ(checkout.asked("/etc/nginx/nginx.conf"), "found");
  EXPECT_EQ(checkout.asked("/etc/nginx/snippets/x.conf"), "ENOENT");
  EXPECT_EQ(checkout.asked("/etc/nginx/sites-enabled/a"), "ENOENT");
  EXPECT_EQ(checkout.asked("/etc/nginx/modules-enabled/m.conf"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/etc/ssl/private/a.key"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/etc/mime.types"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/var/log/nginx"), "ENOMEDIUM");
  EXPECT_EQ(checkout.tree.list("/srv").error(), kNotInFragment);
  EXPECT_EQ(checkout.tree.read("/etc/nginx/none", 10).error(), ENOENT);
  EXPECT_EQ(errno_words(kNotInFragment), "not in this part of a root");
}

}  // namespace
}  // namespace stackaudit::tree

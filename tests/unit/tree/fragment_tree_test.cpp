// A checkout of /etc/nginx says nothing of what lies elsewhere, and everything of what lies in it.
#include "tree/fragment_tree.hpp"

#include "tree/memory_tree.hpp"
#include "tree/resolve.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace stackaudit::tree {
namespace {

// MemoryTree brings accounts; a checkout has none.
class WithoutAccounts final : public Tree {
 public:
  explicit WithoutAccounts(const Tree& tree) : tree_(tree) {}
  Result<Stat> lstat(std::string_view path) const override {
    return hidden(path) ? Error{ENOENT} : tree_.lstat(path);
  }
  Result<std::string> read(std::string_view path, std::size_t limit) const override {
    return hidden(path) ? Error{ENOENT} : tree_.read(path, limit);
  }
  Result<std::string> readlink(std::string_view path) const override {
    return tree_.readlink(path);
  }
  Result<std::vector<std::string>> list(std::string_view path) const override {
    return tree_.list(path);
  }
  Result<Acl> acl(std::string_view path) const override { return tree_.acl(path); }

 private:
  static bool hidden(std::string_view path) {
    return path == "/etc/passwd" || path == "/etc/group";
  }
  const Tree& tree_;
};

struct Checkout {
  MemoryTree part;
  WithoutAccounts anonymous{part};
  FragmentTree tree{anonymous, {"/etc/nginx/mime.types", "*.key"}};

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
  EXPECT_TRUE(FragmentTree::is_fragment(checkout.anonymous));
  MemoryTree whole;
  whole.add("/usr 0755 0:0 dir");
  EXPECT_FALSE(FragmentTree::is_fragment(whole));
  MemoryTree distroless;
  distroless.add("/bin/sh 0755 0:0", "");
  EXPECT_FALSE(FragmentTree::is_fragment(WithoutAccounts(distroless)));
  MemoryTree overlay;
  overlay.add("/usr/local/bin/entrypoint 0755 0:0", "");
  EXPECT_FALSE(FragmentTree::is_fragment(WithoutAccounts(overlay)));
  overlay.add("/etc/nginx/nginx.conf 0644 0:0", "");
  EXPECT_TRUE(FragmentTree::is_fragment(WithoutAccounts(overlay)));
  MemoryTree package;
  package.add("/usr/share/wiki/index.php 0644 0:0", "");
  package.add("/etc/cron.daily/wiki 0755 0:0", "");
  EXPECT_TRUE(FragmentTree::is_fragment(WithoutAccounts(package)));
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

TEST(FragmentTree, DirectoriesThatManyFillProveNothing) {
  Checkout checkout;
  checkout.part.add("/var/www/shop/index.php 0644 0:0", "");
  checkout.part.add("/usr/local/etc/php-fpm.d/www.conf 0644 0:0", "");
  EXPECT_EQ(checkout.asked("/var/log/nginx"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/var/www/blog"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/usr/local/etc/php/php.ini"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/usr/bin/php"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/var/www/shop/config.php"), "ENOENT");
  EXPECT_EQ(checkout.asked("/var/www/shop/vendor/autoload.php"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/usr/local/etc/php-fpm.d/shop.conf"), "ENOENT");
}

TEST(FragmentTree, WhatOthersBringIsUnknownUnlessAllOfEtcIsThere) {
  Checkout checkout;
  EXPECT_EQ(checkout.asked("/etc/nginx/mime.types"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/etc/nginx/site.key"), "ENOMEDIUM");
  EXPECT_EQ(checkout.asked("/etc/nginx/mime.type"), "ENOENT");
  const FragmentTree whole_etc(checkout.part, {"/etc/nginx/mime.types"});
  EXPECT_EQ(whole_etc.lstat("/etc/nginx/mime.types").error(), ENOENT);
}

TEST(FragmentTree, WithoutAccountsItsOwnersAreThoseOfTheCheckout) {
  Checkout checkout;
  checkout.part.add("/etc/nginx/a 0664 1000:1000", "");
  const auto shown = checkout.tree.lstat("/etc/nginx/a");
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->uid, 0U);
  EXPECT_EQ(shown->mode, 0644U);
  const FragmentTree with_accounts(checkout.part, {});
  EXPECT_EQ(with_accounts.lstat("/etc/nginx/a")->uid, 1000U);
}

}  // namespace
}  // namespace stackaudit::tree

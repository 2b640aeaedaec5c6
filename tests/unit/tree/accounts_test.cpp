// Account files as the C library reads them, damaged lines included.
#include "tree/accounts.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::tree {
namespace {

constexpr std::string_view kPasswd =
    "# comment\n"
    "root:x:0:0:root:/root:/bin/bash\n"
    "\n"
    "  www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
    "broken\n"
    "noid:x:abc:1::/:\n"
    "short:x:7:8\n"
    ":x:9:9:::\n"
    "twin:x:33:34::/:/bin/sh";
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "www-data:x:33:\n"
    "web:x:50:www-data, twin,,www-data\n"
    "adm:x:4:www-data\n";

TEST(Accounts, SkipsWhatTheCLibrarySkips) {
  const auto accounts = Accounts::parse(kPasswd, kGroup);
  std::string shown;
  for (const auto& user : accounts.users())
    shown += std::to_string(user.line) + " " + user.name + " " + std::to_string(user.uid) + ":" +
             std::to_string(user.gid) + " " + user.home + " " + user.shell + "\n";
  EXPECT_EQ(shown,
            "2 root 0:0 /root /bin/bash\n"
            "4 www-data 33:33 /var/www /usr/sbin/nologin\n"
            "7 short 7:8  \n"
            "9 twin 33:34 / /bin/sh\n");
  EXPECT_EQ(accounts.group("web")->members,
            (std::vector<std::string>{"www-data", "twin", "www-data"}));
}

TEST(Accounts, LooksUpByNameAndNumber) {
  const auto accounts = Accounts::parse(kPasswd, kGroup);
  EXPECT_EQ(accounts.user(33)->name, "www-data");
  EXPECT_EQ(accounts.user("nginx"), nullptr);
  EXPECT_EQ(accounts.user_name(1234), "#1234");
  EXPECT_EQ(accounts.group_name(50), "web");
  EXPECT_EQ(accounts.group_name(51), "#51");
}

TEST(Accounts, BecomesAUserWithSupplementaryGroups) {
  const auto accounts = Accounts::parse(kPasswd, kGroup);
  const auto worker = accounts.become(*accounts.user("www-data"));
  EXPECT_EQ(worker.groups, (std::vector<std::uint32_t>{4, 33, 50}));
  EXPECT_EQ(worker.capabilities, Capabilities{});
  // `user www-data root;`: group root, and group www-data is lost.
  const auto odd = accounts.become(*accounts.user("www-data"), 0);
  EXPECT_EQ(odd.gid, 0U);
  EXPECT_TRUE(odd.in_group(0));
  EXPECT_FALSE(odd.in_group(33));
  EXPECT_EQ(accounts.become(*accounts.user("root")).capabilities, Capabilities::all());
}

TEST(Accounts, MissingFilesGiveNoAccounts) {
  MemoryTree tree;
  EXPECT_EQ(Accounts::load(tree).users().size(), 4U);
  tree.remove("/etc");
  EXPECT_EQ(Accounts::load(tree).users().size(), 0U);
  EXPECT_EQ(Accounts::load(tree).groups().size(), 0U);
}

}  // namespace
}  // namespace stackaudit::tree

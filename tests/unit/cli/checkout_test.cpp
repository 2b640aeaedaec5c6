// What an image is made of, and what is a part of this machine.
#include "cli/checkout.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::cli {
namespace {

TEST(Checkout, ADockerfileAndTheConfigurationOfAServer) {
  tree::MemoryTree tree;
  tree.add("/home/ci/shop/docker/nginx/Dockerfile 0644 root:root", "FROM nginx\n");
  tree.add("/home/ci/shop/docker/nginx/conf/nginx.conf 0644 root:root", "events {}\n");
  tree.add("/home/ci/site/Dockerfile 0644 root:root", "FROM php\n");
  tree.add("/home/ci/site/index.php 0644 root:root", "<?php\n");
  tree.add("/etc/Dockerfile 0644 root:root", "FROM nginx\n");
  tree.add("/etc/nginx/nginx.conf 0644 root:root", "events {}\n");
  EXPECT_EQ(checkout_of(tree, {"/home/ci/shop"}), Checkout::image);
  EXPECT_EQ(checkout_of(tree, {"/home/ci"}), Checkout::image)
      << "the directory of several checkouts is one";
  EXPECT_EQ(checkout_of(tree, {"/home/ci/site"}), Checkout::none)
      << "an application, wherever it runs";
  EXPECT_EQ(checkout_of(tree, {"/home/ci/shop", "/home/ci/site"}), Checkout::none);
  EXPECT_EQ(checkout_of(tree, {"/etc"}), Checkout::none);
  EXPECT_EQ(checkout_of(tree, {"/"}), Checkout::none);
  EXPECT_EQ(checkout_of(tree, {"/home/ci/none"}), Checkout::none);
  EXPECT_EQ(checkout_of(tree, {"/home/ci/shop/docker/nginx/conf/nginx.conf"}), Checkout::none);
  EXPECT_EQ(checkout_of(tree, {}), Checkout::none);
}

TEST(Checkout, ARepositoryThatNothingHereNames) {
  tree::MemoryTree tree;
  tree.add("/home/ci/conf/.git/HEAD 0644 root:root", "ref: refs/heads/main\n");
  tree.add("/home/ci/conf/nginx/nginx.conf 0644 root:root", "events {}\n");
  tree.add("/home/ci/plain/nginx.conf 0644 root:root", "events {}\n");
  tree.add("/home/ci/shop/.git/HEAD 0644 root:root", "ref: refs/heads/main\n");
  tree.add("/home/ci/shop/docs/nginx.conf 0644 root:root", "events {}\n");
  tree.add("/home/ci/shop/index.php 0644 root:root", "<?php\n");
  EXPECT_EQ(checkout_of(tree, {"/home/ci/conf"}), Checkout::repository);
  EXPECT_EQ(checkout_of(tree, {"/home/ci/plain"}), Checkout::none) << "nothing says whose it is";
  EXPECT_EQ(checkout_of(tree, {"/home/ci/shop"}), Checkout::none) << "it only tells of a server";
  tree.add("/home/ci/shop/deploy/nginx/nginx.conf 0644 root:root", "events {}\n");
  EXPECT_EQ(checkout_of(tree, {"/home/ci/shop"}), Checkout::repository) << "an application's";
  EXPECT_EQ(checkout_of(tree, {"/home/ci/conf", "/home/ci/plain"}), Checkout::none);
  EXPECT_EQ(checkout_of(tree, {"/home/ci/conf/nginx/nginx.conf"}), Checkout::none)
      << "named itself";
}

TEST(Checkout, SeveralConfigurationsOfOneServer) {
  tree::MemoryTree tree;
  const auto add = [&](const std::string& release) {
    tree.add("/opt/panel/install/" + release + "/apache2/apache2.conf 0644 root:root",
             "User www\n");
  };
  add("10");
  add("11");
  EXPECT_EQ(checkout_of(tree, {"/opt/panel"}), Checkout::none) << "a machine may run two";
  add("12");
  EXPECT_EQ(checkout_of(tree, {"/opt/panel"}), Checkout::variants);
  EXPECT_EQ(checkout_of(tree, {"/opt/panel/install/10"}), Checkout::none);
  tree.add(
      "/etc/systemd/system/web.service 0644 root:root",
      "[Service]\nExecStart=/usr/sbin/apache2 -f /opt/panel/install/12/apache2/apache2.conf\n");
  EXPECT_EQ(checkout_of(tree, {"/opt/panel"}), Checkout::none) << "this machine runs one of them";
}

TEST(Checkout, ARepositoryThatThisMachineRuns) {
  const auto of = [](const std::string& line, const std::string& text) {
    tree::MemoryTree tree;
    tree.add("/srv/conf/.git/HEAD 0644 root:root", "ref: refs/heads/main\n");
    tree.add("/srv/conf/nginx.conf 0644 root:root", "events {}\n");
    tree.add(line, text);
    return checkout_of(tree, {"/srv/conf"});
  };
  EXPECT_EQ(of("/etc/systemd/system/web.service 0644 root:root",
               "[Service]\nExecStart=/usr/sbin/nginx -c /srv/conf/nginx.conf\n"),
            Checkout::none);
  EXPECT_EQ(of("/etc/nginx/nginx.conf -> /srv/conf/nginx.conf", ""), Checkout::none);
  EXPECT_EQ(of("/etc/nginx -> /srv/conf", ""), Checkout::none);
  EXPECT_EQ(of("/etc/nginx/nginx.conf 0644 root:root", "events {}\n"), Checkout::repository);
}

}  // namespace
}  // namespace stackaudit::cli

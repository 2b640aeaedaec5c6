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
  EXPECT_TRUE(are_checkouts(tree, {"/home/ci/shop"}));
  EXPECT_TRUE(are_checkouts(tree, {"/home/ci"})) << "the directory of several checkouts is one";
  EXPECT_FALSE(are_checkouts(tree, {"/home/ci/site"})) << "an application, wherever it runs";
  EXPECT_FALSE(are_checkouts(tree, {"/home/ci/shop", "/home/ci/site"}));
  EXPECT_FALSE(are_checkouts(tree, {"/etc"}));
  EXPECT_FALSE(are_checkouts(tree, {"/"}));
  EXPECT_FALSE(are_checkouts(tree, {"/home/ci/none"}));
  EXPECT_FALSE(are_checkouts(tree, {"/home/ci/shop/docker/nginx/conf/nginx.conf"}));
  EXPECT_FALSE(are_checkouts(tree, {}));
}

}  // namespace
}  // namespace stackaudit::cli

// Paths as the kernel walks them: what is looked up on the way, and where it ends.
#include "tree/resolve.hpp"

#include "tree/caching_tree.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <tuple>

namespace stackaudit::tree {
namespace {

// "/etc/a: / /etc /etc/a", "ENOENT /etc/b: / /etc", with "dangling /link" where there is one.
std::string show(const Walked& end) {
  std::string text = end.error == 0 ? "" : errno_name(end.error) + " ";
  text += end.path + ":";
  for (const auto& step : end.steps) text += " " + step.path;
  if (!end.dangling.empty()) text += ", dangling " + end.dangling;
  if (end.end_missing) text += ", end missing";
  return text;
}

class Resolve : public testing::Test {
 protected:
  Resolve() {
    tree_.add("/etc/nginx/nginx.conf 0644 root:root", "x");
    tree_.add("/etc/nginx/sites-available/a 0644 root:root", "a");
    tree_.add("/etc/nginx/sites-enabled/a -> /etc/nginx/sites-available/a");
    tree_.add("/etc/nginx/sites-enabled/b -> ../sites-available/b");
    tree_.add("/etc/nginx/sites-enabled/c -> b");
    tree_.add("/etc/nginx/up -> ../../../../..");
    tree_.add("/etc/dir -> nginx/");
    tree_.add("/etc/filedir -> nginx/nginx.conf/");
    tree_.add("/etc/loop -> loop2");
    tree_.add("/etc/loop2 -> loop");
    tree_.add("/var/run -> /run");
    tree_.add("/run/app.sock 0660 33:33 socket");
  }
  std::string at(std::string_view path, LastLink last = LastLink::follow) {
    return show(walk(tree_, path, last));
  }
  MemoryTree tree_;
};

// A tree that remembers directories gives the same answers, asked the first time and again.
TEST_F(Resolve, RememberedDirectoriesChangeNothing) {
  const CachingTree remembering(tree_);
  const std::array names{"",
                         "/",
                         "/etc",
                         "/etc/nginx",
                         "/etc/dir",
                         "/etc/filedir",
                         "/etc/loop",
                         "/none",
                         "/etc/nginx/up",
                         "/var/run",
                         "/etc/nginx/sites-enabled"};
  const std::array rests{"",      "/",         "/.",           "/..",
                         "//",    "/a",        "/b",           "/nginx.conf",
                         "/none", "/app.sock", "/none/x",      "/nginx.conf/x",
                         "/c",    "/nginx/",   "//nginx.conf", "/../nginx/nginx.conf"};
  for (int again = 0; again < 2; ++again)
    for (const auto* name : names)
      for (const auto* rest : rests)
        for (const auto last : {LastLink::follow, LastLink::keep, LastLink::make}) {
          const auto path = std::string(name) + rest;
          const auto fast = resolve(remembering, path, last);
          const auto slow = walk(tree_, path, last);
          EXPECT_EQ(std::tie(fast.error, fast.path, fast.dangling, fast.end_missing),
                    std::tie(slow.error, slow.path, slow.dangling, slow.end_missing))
              << path;
          EXPECT_TRUE(!slow || fast.stat == slow.stat) << path;
        }
}

TEST_F(Resolve, WalksPlainPaths) {
  EXPECT_EQ(at("/"), "/: /");
  EXPECT_EQ(at("/etc/nginx/nginx.conf"),
            "/etc/nginx/nginx.conf: / /etc /etc/nginx /etc/nginx/nginx.conf");
  EXPECT_EQ(at("//etc/./nginx//"), "/etc/nginx: / /etc /etc /etc/nginx");
  EXPECT_EQ(at("/etc/nginx/.."), "/etc: / /etc /etc/nginx /etc");
  EXPECT_EQ(at("/../../etc"), "/etc: / / / /etc");
}

TEST_F(Resolve, NamesTheComponentThatFails) {
  EXPECT_EQ(at("/etc/apache2/conf"), "ENOENT /etc/apache2: / /etc");
  EXPECT_EQ(at("/etc/nginx/none"), "ENOENT /etc/nginx/none: / /etc /etc/nginx, end missing");
  EXPECT_EQ(at("/etc/nginx/nginx.conf/x"),
            "ENOTDIR /etc/nginx/nginx.conf: / /etc /etc/nginx /etc/nginx/nginx.conf");
  EXPECT_EQ(at("/etc/nginx/nginx.conf/"),
            "ENOTDIR /etc/nginx/nginx.conf: / /etc /etc/nginx /etc/nginx/nginx.conf");
  EXPECT_EQ(at("/etc/nginx/nginx.conf/.."),
            "ENOTDIR /etc/nginx/nginx.conf: / /etc /etc/nginx /etc/nginx/nginx.conf");
  EXPECT_EQ(at(""), "ENOENT :");
  EXPECT_EQ(at(std::string("/etc\0x", 6)), "ENOENT " + std::string("/etc\0x", 6) + ":");
  EXPECT_EQ(resolve(tree_, "/" + std::string(256, 'n')).error, ENAMETOOLONG);
  EXPECT_EQ(resolve(tree_, "/" + std::string(5000, '/')).error, ENAMETOOLONG);
}

TEST_F(Resolve, FollowsLinksInsideTheRoot) {
  EXPECT_EQ(at("/etc/nginx/sites-enabled/a"),
            "/etc/nginx/sites-available/a: / /etc /etc/nginx /etc/nginx/sites-enabled "
            "/etc/nginx/sites-enabled/a / /etc /etc/nginx /etc/nginx/sites-available "
            "/etc/nginx/sites-available/a");
  EXPECT_EQ(at("/etc/nginx/sites-enabled/a", LastLink::keep),
            "/etc/nginx/sites-enabled/a: / /etc /etc/nginx /etc/nginx/sites-enabled "
            "/etc/nginx/sites-enabled/a");
  EXPECT_EQ(resolve(tree_, "/etc/nginx/up").path, "/");
  EXPECT_EQ(resolve(tree_, "/var/run/app.sock").path, "/run/app.sock");
  EXPECT_EQ(resolve(tree_, "/etc/dir", LastLink::keep).path, "/etc/dir");
  EXPECT_EQ(resolve(tree_, "/etc/dir/", LastLink::keep).path, "/etc/nginx");
  EXPECT_EQ(resolve(tree_, "/etc/filedir").error, ENOTDIR);
}

TEST_F(Resolve, TellsDanglingLinksFromMissingNames) {
  EXPECT_EQ(at("/etc/nginx/sites-enabled/c"),
            "ENOENT /etc/nginx/sites-available/b: / /etc /etc/nginx /etc/nginx/sites-enabled "
            "/etc/nginx/sites-enabled/c /etc/nginx/sites-enabled /etc/nginx/sites-enabled/b "
            "/etc/nginx/sites-enabled /etc/nginx /etc/nginx/sites-available, dangling "
            "/etc/nginx/sites-enabled/b, end missing");
  EXPECT_EQ(at("/var/run/none"), "ENOENT /run/none: / /var /var/run / /run, end missing");
}

TEST_F(Resolve, LoopsEndAfterFortyLinks) {
  EXPECT_EQ(resolve(tree_, "/etc/loop").error, ELOOP);
  EXPECT_EQ(resolve(tree_, "/etc/loop", LastLink::keep).error, 0);
  tree_.add("/c/0 0644 root:root");
  for (int i = 1; i <= 41; ++i)
    tree_.add("/c/" + std::to_string(i) + " -> " + std::to_string(i - 1));
  EXPECT_EQ(resolve(tree_, "/c/40").error, 0);
  EXPECT_EQ(resolve(tree_, "/c/41").error, ELOOP);
}

TEST(Paths, LexicalHelpers) {
  EXPECT_EQ(join("/etc/nginx", "a/b"), "/etc/nginx/a/b");
  EXPECT_EQ(join("/etc/nginx/", "/a"), "/a");
  EXPECT_EQ(join("/", "a"), "/a");
  EXPECT_EQ(normalize("/a//b/./../c/"), "/a/c");
  EXPECT_EQ(normalize("/../.."), "/");
  EXPECT_EQ(dirname("/"), "/");
  EXPECT_EQ(dirname("/a"), "/");
  EXPECT_EQ(dirname("/a/b"), "/a");
  EXPECT_EQ(basename("/a/b"), "b");
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
}

TEST(ReadFile, FollowsLinksAndKeepsErrors) {
  MemoryTree tree;
  tree.add("/a 0644 root:root", "hello");
  tree.add("/l -> a");
  tree.add("/f 0644 root:root fifo");
  EXPECT_EQ(*read_file(tree, "/l"), "hello");
  EXPECT_EQ(read_file(tree, "/l", 4).error(), EFBIG);
  EXPECT_EQ(read_file(tree, "/").error(), EISDIR);
  EXPECT_EQ(read_file(tree, "/f").error(), ENXIO);
  EXPECT_EQ(read_file(tree, "/none").error(), ENOENT);
  EXPECT_EQ(*list_directory(tree, "/"), (std::vector<std::string>{"a", "etc", "f", "l"}));
}

}  // namespace
}  // namespace stackaudit::tree

// Wildcards against fnmatch(3), and what a glob finds, lists and cannot list.
#include "tree/glob.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <fnmatch.h>
#include <random>

namespace stackaudit::tree {
namespace {

TEST(Matches, KnowsTheWildcards) {
  EXPECT_TRUE(matches("*.conf", "a.conf"));
  EXPECT_FALSE(matches("*.conf", "a.conf.bak"));
  EXPECT_FALSE(matches("*", ".hidden"));
  EXPECT_FALSE(matches("?hidden", ".hidden"));
  EXPECT_TRUE(matches(".*", ".hidden"));
  EXPECT_TRUE(matches("[!a-c]x", "dx"));
  EXPECT_FALSE(matches("[!a-c]x", "bx"));
  EXPECT_TRUE(matches("[]x]", "]"));
  EXPECT_TRUE(matches("[[:digit:][:upper:]]*", "7seven"));
  EXPECT_TRUE(matches("\\*", "*"));
  EXPECT_FALSE(matches("\\*", "x"));
  EXPECT_TRUE(matches("[open", "[open"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("a*b*c", "a--b-b--c"));
}

TEST(Matches, AgreesWithTheCLibrary) {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"a",   "b", "*",    "?",           "[ab]", "[!a]", "[b-d]",
                                     "\\*", ".", "[^c]", "[[:alpha:]]", "[]a]", "[a-]", "c"};
  const std::string_view letters = "abc.*]-d";
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern, name;
    for (auto n = random() % 6; n > 0; --n) pattern += pieces[random() % std::size(pieces)];
    for (auto n = 1 + random() % 5; n > 0; --n) name += letters[random() % letters.size()];
    EXPECT_EQ(matches(pattern, name), ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0)
        << pattern << " on " << name;
  }
}

TEST(Matches, HostilePatternsStayCheap) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(250, 'a')));
}

std::string show(const GlobResult& result) {
  std::string text;
  for (const auto& path : result.paths) text += path + " ";
  text += "| listed";
  for (const auto& path : result.listed) text += " " + path;
  for (const auto& [path, error] : result.unreadable)
    text += " | " + path + " " + errno_name(error);
  return text;
}

TEST(Glob, FindsSortedInTheSpellingOfThePattern) {
  MemoryTree tree;
  for (const char* name : {"b.conf", "a.conf", ".hidden.conf", "a.conf.bak"})
    tree.add("/etc/nginx/conf.d/" + std::string(name) + " 0644 root:root");
  tree.add("/etc/nginx/conf.d/c.conf -> /nowhere");
  tree.add("/etc/alias -> nginx");
  EXPECT_EQ(show(glob(tree, "/etc/nginx/conf.d/*.conf")),
            "/etc/nginx/conf.d/a.conf /etc/nginx/conf.d/b.conf /etc/nginx/conf.d/c.conf | listed "
            "/etc/nginx/conf.d");
  EXPECT_EQ(show(glob(tree, "/etc/alias//conf.d/[a]*")),
            "/etc/alias//conf.d/a.conf /etc/alias//conf.d/a.conf.bak | listed /etc/nginx/conf.d");
  EXPECT_EQ(show(glob(tree, "/etc/*/conf.d/b.conf")),
            "/etc/alias/conf.d/b.conf /etc/nginx/conf.d/b.conf | listed /etc");
  EXPECT_EQ(show(glob(tree, "/etc/none/*.conf")), "| listed");
  EXPECT_EQ(show(glob(tree, "/etc/passwd/*")), "| listed");
  EXPECT_EQ(show(glob(tree, "/etc/passwd")), "/etc/passwd | listed");
  EXPECT_EQ(show(glob(tree, "/etc/none")), "| listed");
  EXPECT_EQ(glob(tree, "/etc/nginx/conf.d/*", 2).paths.size(), 2U);
}

// A directory that the auditor may not list.
class Closed final : public Tree {
 public:
  explicit Closed(const Tree& under) : under_(under) {}
  Result<Stat> lstat(std::string_view path) const override { return under_.lstat(path); }
  Result<std::string> read(std::string_view path, std::size_t limit) const override {
    return under_.read(path, limit);
  }
  Result<std::string> readlink(std::string_view path) const override {
    return under_.readlink(path);
  }
  Result<std::vector<std::string>> list(std::string_view) const override { return Error{EACCES}; }
  Result<Acl> acl(std::string_view path) const override { return under_.acl(path); }

 private:
  const Tree& under_;
};

TEST(Glob, SaysWhatItCouldNotList) {
  const MemoryTree tree;
  EXPECT_EQ(show(glob(Closed(tree), "/etc/*.conf")), "| listed | /etc EACCES");
}

}  // namespace
}  // namespace stackaudit::tree

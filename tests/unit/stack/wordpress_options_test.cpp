// The options of WordPress as they lie in the pages of InnoDB.
#include "stack/wordpress/options.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

StoredOptions read(const std::string& pages) {
  tree::MemoryTree tree;
  tree.add("/var/lib/mysql/blog/wp_options.ibd 0660 root:root", pages);
  return stored_options(tree, "blog", "wp_");
}

using Names = std::set<std::string>;

TEST(WordPressOptions, RecordsOfAPage) {
  const auto options =
      read(std::string("\x06"
                       "Dtemplateblueyes\0\0stylesheetblue-childyes\0",
                       43) +
           "\\active_pluginsa:2:{i:0;s:19:\"akismet/akismet.php\";i:1;s:9:\"hello.php\";}yes");
  EXPECT_TRUE(options.known);
  EXPECT_EQ(options.plugins, (Names{"akismet/akismet.php", "hello.php"}));
  EXPECT_EQ(options.themes, Names{"blue-child"});
  EXPECT_EQ(options.parents, Names{"blue"});
}

TEST(WordPressOptions, EveryEndThatIsPossibleCounts) {
  EXPECT_EQ(read("stylesheetcasinoyes").themes, (Names{"casi", "casino"}));
  EXPECT_EQ(read("stylesheetbluenoX").themes, Names{"blue"});
  EXPECT_EQ(read("stylesheet_root/themesyes").themes, Names{});
}

TEST(WordPressOptions, ListsOfTwoTimesAreKeptApart) {
  const auto options = read(
      "active_pluginsa:1:{i:0;s:7:\"a/a.php\";}yes active_pluginsa:1:{i:0;s:7:\"b/b.php\";}yes"
      "active_pluginsa:1:{i:0;s:7:\"a/a.php\";}yes");
  EXPECT_EQ(options.plugins, (Names{"a/a.php", "b/b.php"}));
  EXPECT_EQ(options.lists, (std::vector<Names>{{"a/a.php"}, {"b/b.php"}}));
  EXPECT_FALSE(read("active_pluginsa:3:{i:0;s:7:\"a/a.php\";}").known);
}

TEST(WordPressOptions, StructureOfAddresses) {
  EXPECT_EQ(read("permalink_structure/%postname%/yes").permalinks, Names{"/%postname%/"});
  EXPECT_EQ(read("permalink_structureyes permalink_structure/%year%/auto").permalinks,
            (Names{"", "/%year%/"}));
  EXPECT_EQ(read(std::string("permalink_structure\x80\0\0\x11", 23)).permalinks, Names{});
  EXPECT_EQ(read("permalink_structure/%postname%/").permalinks, Names{});
}

TEST(WordPressOptions, UnknownIsNotEmpty) {
  EXPECT_TRUE(read("active_pluginsa:0:{}yes").known);
  EXPECT_FALSE(read("active_plugins\x01\x02 and no list").known);
  EXPECT_FALSE(read("").known);
  tree::MemoryTree tree;
  EXPECT_FALSE(stored_options(tree, "../mysql", "wp_").known);
}

}  // namespace
}  // namespace stackaudit::stack

// Which location nginx would choose, with modifiers apart from the pattern and glued to it.
#include "stack/nginx/locations.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack::nginx {
namespace {

std::string chosen(const std::vector<std::string>& args, const std::string& url) {
  std::vector<facts::Directive> rows;
  for (const auto& each : args) {
    rows.emplace_back();
    rows.back().name = "location";
    rows.back().args = each;
  }
  std::vector<const facts::Directive*> pointers;
  for (const auto& row : rows) pointers.push_back(&row);
  const auto choice = location_for(pointers, url);
  if (!choice.known) return "unknown";
  return choice.row == nullptr ? "none" : choice.row->args;
}

TEST(NginxLocations, ChoosesAsNginx) {
  const std::vector<std::string> all{"/",           "/a/",       "= /a/x",
                                     "^~ /static/", "~ \\.php$", "~* \\.JPG$"};
  EXPECT_EQ(chosen(all, "/b"), "/");
  EXPECT_EQ(chosen(all, "/a/y"), "/a/");
  EXPECT_EQ(chosen(all, "/a/x"), "= /a/x");
  EXPECT_EQ(chosen(all, "/a/y.php"), "~ \\.php$");
  EXPECT_EQ(chosen(all, "/static/y.php"), "^~ /static/");
  EXPECT_EQ(chosen(all, "/y.jpg"), "~* \\.JPG$");
}

TEST(NginxLocations, ModifiersMayBeGlued) {
  const std::vector<std::string> all{"/", "=/a/x", "^~/static/", "~\\.php$", "~*\\.JPG$", "@named"};
  EXPECT_EQ(chosen(all, "/a/x"), "=/a/x");
  EXPECT_EQ(chosen(all, "/static/y.php"), "^~/static/");
  EXPECT_EQ(chosen(all, "/y.php"), "~\\.php$");
  EXPECT_EQ(chosen(all, "/y.jpg"), "~*\\.JPG$");
}

TEST(NginxLocations, NobodyTakesIt) {
  EXPECT_EQ(chosen({}, "/"), "none");
  EXPECT_EQ(chosen({"@named", "/a"}, "/"), "none");
  EXPECT_EQ(chosen({"~ (", "/"}, "/"), "unknown");
  EXPECT_EQ(chosen({"~ ^/a b$"}, "/a b"), "~ ^/a b$");
}

}  // namespace
}  // namespace stackaudit::stack::nginx

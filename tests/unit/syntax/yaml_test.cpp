// Trees, spans and problems of YAML; bombs that must not go off.
#include "syntax/yaml/yaml.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::yaml {
namespace {

std::string show(std::string_view text) {
  const auto document = parse(text, text::FileId{0});
  auto out = dump(document);
  for (const auto& problem : document.problems)
    out += " !" + std::to_string(problem.span.begin) + " " + problem.message;
  return out;
}

TEST(Yaml, MapsSequencesScalars) {
  EXPECT_EQ(
      show("init_config:\n\ninstances:\n  - apache_status_url: http://x:80/s?auto\n    tags: [a, "
           "'b']\n"),
      "{init_config: ~, instances: [{apache_status_url: http://x:80/s?auto, tags: [a, 'b']}]}");
  EXPECT_EQ(show(""), "");
  EXPECT_EQ(show("a: &x [1]\nb: *x\n"), "{a: [1], b: *}");
}

TEST(Yaml, PlacesScalars) {
  const std::string_view text =
      "\xef\xbb\xbf"
      "a:\n  - url: \"http://h/\" # c\n  - url: !!str http://g/\n";
  const auto document = parse(text, text::FileId{0});
  const auto slice = [&](const Node* node) {
    return text.substr(node->span.begin, node->span.end - node->span.begin);
  };
  const auto items = document.items(document.at(document.root(), "a"));
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(slice(document.at(items[0], "url")), "\"http://h/\"");
  EXPECT_EQ(slice(document.at(items[1], "url")), "http://g/");
  EXPECT_EQ(document.at(items[0], "nope"), nullptr);
  EXPECT_EQ(document.at(nullptr, "nope"), nullptr);
}

TEST(Yaml, MergedKeys) {
  constexpr std::string_view kText =
      "- &a {url: u, x: 1}\n- <<: *a\n  x: 2\n- <<: [{y: 3}, *a]\n- \"<<\": *a\n"
      "- &c\n  <<: *c\n";
  const auto document = parse(kText, {});
  const auto items = document.items(document.root());
  ASSERT_GE(items.size(), 4U);
  EXPECT_EQ(document.at(items[1], "url")->value, "u");
  EXPECT_EQ(document.at(items[1], "x")->value, "2");
  EXPECT_EQ(document.at(items[2], "y")->value, "3");
  EXPECT_EQ(document.at(items[2], "url")->value, "u");
  EXPECT_EQ(document.at(items[3], "url"), nullptr);
  if (items.size() > 4) {
    EXPECT_EQ(document.at(items[4], "url"), nullptr);
  }
}

TEST(Yaml, ProblemsAreReportedNotThrown) {
  EXPECT_EQ(show("a: [1, 2\nb: 3\n").find("{a: [1, 2"), 0U);
  EXPECT_NE(show("a: [1, 2\nb: 3\n").find(" !"), std::string::npos);
  EXPECT_NE(show("a:\n\t- b\n").find(" !"), std::string::npos);
  EXPECT_NE(show("a: *nobody\n").find("anchor"), std::string::npos);
  EXPECT_EQ(show(std::string_view("\xff\xfe"
                                  "a\0",
                                  4)),
            " !0 not UTF-8 text");
}

TEST(Yaml, AnOpenQuoteIsReportedWhereItIsOpened) {
  EXPECT_NE(show("a:\n  - u: \"http://h\n    t: x\n").find("!10 a quote is opened here"),
            std::string::npos);
  EXPECT_NE(show("u: \"http://h\nt: [\"x\"]\n").find("!3 a quote is opened here"),
            std::string::npos);
  EXPECT_NE(show("u: 'it''s\n").find("!3 a quote"), std::string::npos);
  EXPECT_EQ(show("u: 'it''s'\nv: \"a\\\"b\"\n").find('!'), std::string::npos);
  EXPECT_EQ(show("u: \"two\n  lines\"\n").find('!'), std::string::npos);
}

TEST(Yaml, BombsAreBounded) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i)
      bomb += std::string(i > 0 ? "," : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_LT(show(bomb).size(), 10'000U);
  EXPECT_NE(show(std::string(100'000, '[')).find(" !"), std::string::npos);
  EXPECT_NE(show(std::string(2U << 20U, 'x')).find("larger than 1 MiB"), std::string::npos);
  EXPECT_EQ(show("&a [*a]\n"), "[~]");
}

}  // namespace
}  // namespace stackaudit::syntax::yaml

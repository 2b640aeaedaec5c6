// Expected trees and messages were compared with `apache2 -t` (tests/truth/apache_truth_test.cpp).
#include "syntax/apache/apache.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::apache {
namespace {

std::string tree(std::string_view text) {
  return dump(parse(text, text::FileId{0}).directives);
}

// Each problem as "BEGIN message", one a line.
std::string problems(std::string_view text) {
  std::string out;
  for (const auto& problem : parse(text, text::FileId{0}).problems)
    out += std::to_string(problem.span.begin) + " " + problem.message + "\n";
  return out;
}

TEST(ApacheParser, SectionsAreClosedInOrder) {
  EXPECT_EQ(problems("</VirtualHost>"),
            "0 </VirtualHost> without matching <VirtualHost> section\n");
  EXPECT_EQ(problems("<VirtualHost *:80>\n<Directory /x>\n</VirtualHost>\n"),
            "34 Expected </Directory> but saw </VirtualHost>\n");
  EXPECT_EQ(problems("<VirtualHost *:80>\nServerName a\n"), "0 <VirtualHost> was not closed\n");
  EXPECT_EQ(problems("<Directory /x>\n</Directry>\nListen 80\n"),
            "15 Expected </Directory> but saw </Directry>\n");
}

TEST(ApacheParser, AMisspeltClosingLineClosesWhatWasMeant) {
  EXPECT_EQ(tree("<Directory /x>\n</Directry>\nListen 80\n"), "<Directory>[/x]{  }; Listen[80]");
  EXPECT_EQ(tree("<A>\n<B>\n</A>\nC\n"), "<A>{ <B>{  } }; C");
}

TEST(ApacheParser, AnUnclosedConditionIsLeftToTheReader) {
  EXPECT_EQ(problems("<IfModule mod_a.c>\nA b\n"), "");
  EXPECT_EQ(tree("<IfModule mod_a.c>\nA b\n"), "<IfModule>[mod_a.c]{ A[b] ...");
}

TEST(ApacheParser, ASectionWithoutItsBracketIsMarked) {
  EXPECT_EQ(tree("<VirtualHost *:80\n</VirtualHost>\n"), "<VirtualHost>(no bracket)[*:80]{  }");
  EXPECT_EQ(tree("<Directory>\n</Directory>"), "<Directory>{  }");
}

TEST(ApacheParser, ABackslashAtTheEndJoinsLinesInCommentsToo) {
  EXPECT_EQ(tree("documentROOT \\\n\t\"/var/www\"\n"), "documentROOT[/var/www]");
  EXPECT_EQ(tree("# hidden \\\nBogus\nKeepAlive On"), "KeepAlive[On]");
  EXPECT_EQ(tree("A b\\\\\r\nc\n"), "A[b\\c]");
}

TEST(ApacheParser, SpansPointIntoTheLinesTheyCameFrom) {
  const auto parsed = parse("  A \\\n  bc \"d\"\n", text::FileId{0});
  ASSERT_EQ(parsed.directives.size(), 1U);
  const auto& a = parsed.directives[0];
  EXPECT_EQ(a.span, (text::Span{text::FileId{0}, 2, 14}));
  ASSERT_EQ(a.words.size(), 2U);
  EXPECT_EQ(a.words[0].span, (text::Span{text::FileId{0}, 8, 10}));
  EXPECT_EQ(a.words[1].span, (text::Span{text::FileId{0}, 11, 14}));
}

TEST(ApacheParser, WordsAreQuotedAsHttpdQuotesThem) {
  EXPECT_EQ(tree(R"(LogFormat "%h \"%r\"" 'a b' c\d e\\f "g"h "open)"),
            R"(LogFormat[%h "%r"][a b][c\d][e\f][g][h][open])");
  EXPECT_EQ(tree("Header set X a#b # c"), "Header[set][X][a#b][#][c]");
}

TEST(ApacheParser, AnExpressionMayHoldBrackets) {
  EXPECT_EQ(tree("<If \"%{X} > 3\">\nA\n</If>"), "<If>[%{X} > 3]{ A }");
}

TEST(ApacheParser, DepthIsBounded) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "<A>\n";
  for (int i = 0; i < 300; ++i) text += "</A>\n";
  EXPECT_EQ(problems(text), "512 sections nested deeper than 128 levels are not followed\n");
}

}  // namespace
}  // namespace stackaudit::syntax::apache

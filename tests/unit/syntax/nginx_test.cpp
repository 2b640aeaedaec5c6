// nginx's language: input and the whole dump. Every text was also given to nginx -t.
#include "syntax/nginx/nginx.hpp"

#include "text/source_map.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::nginx {
namespace {

std::string dumped(std::string_view text) {
  return dump(parse(text, text::FileId{0}));
}

TEST(NginxParser, WordsBlocksAndComments) {
  EXPECT_EQ(dumped("a { b 'c d'; }"), "a{b[c d];}");
  EXPECT_EQ(dumped("# x {\nuser  www-data  www-data ;#y\n"), "user[www-data|www-data];");
  EXPECT_EQ(dumped("a b#c d;"), "a[b#c|d];");  // a comment begins only where a word could
  EXPECT_EQ(dumped("a\r\nb\r\n;\r\n"), "a[b];");
  EXPECT_EQ(dumped(""), "");
  EXPECT_EQ(dumped("# no end of line"), "");
  EXPECT_EQ(dumped("a{b{c;}d;}e;"), "a{b{c;} d;} e;");
}

TEST(NginxParser, QuotesEscapesAndVariables) {
  EXPECT_EQ(dumped(R"(a "b\"c" 'd\'e' f\ g "\t\d";)"), "a[b\"c|d'e|f\\ g|\t\\d];");
  EXPECT_EQ(dumped("a ${b}c x$d{"),
            "a[${b}c|x$d]{} !12-12 unexpected end of file, expecting \"}\"");
  EXPECT_EQ(dumped("a b\"c d\";"), "a[b\"c|d\"];");  // a quote inside a word is a character
  EXPECT_EQ(dumped("a \"b\";c 'd'{e;}"), "a[b]; c[d]{e;}");
  EXPECT_EQ(dumped("if (\"$a\") { b; }"), "if[(\"$a\")]{b;}");
  EXPECT_EQ(dumped("if ( \"$a\") { b; }"), "if[(|$a|)]{b;}");
  EXPECT_EQ(dumped("a 'b\nc';"), "a[b\nc];");
  EXPECT_EQ(dumped("a b}c;"), "a[b}c];");
  EXPECT_EQ(dumped("location ~ ^/x{2}$ { b; }"),
            "location[~|^/x]{2}${b;}} !25-25 unexpected end of file, expecting \"}\"");
}

TEST(NginxParser, AMissingSemicolonIsReportedWhereItIsMissing) {
  EXPECT_EQ(dumped("s { root /x }\na b;"), "s{root[/x];} a[b]; !11-11 unexpected \"}\"");
  EXPECT_EQ(dumped("s { root \"/x\"}\na b;"), "s{root[/x];} a[b]; !13-13 unexpected \"}\"");
  EXPECT_EQ(dumped("a b; c d\n"),
            "a[b]; c[d]; !8-8 unexpected end of file, expecting \";\" or \"}\"");
}

TEST(NginxParser, BracesThatDoNotPair) {
  EXPECT_EQ(dumped("a { b; }\n}\nc;"), "a{b;} c; !9-10 unexpected \"}\"");
  EXPECT_EQ(dumped("a {\n b;\n"), "a{b;} !8-8 unexpected end of file, expecting \"}\"");
  EXPECT_EQ(dumped("; { a; }"), "{a;} !0-1 unexpected \";\" !2-3 unexpected \"{\"");
  // The indentation tells that the first location is the one without its brace.
  const auto parsed = parse("s {\n  l /a {\n    b;\n  l /c {\n    d;\n  }\n}\n", text::FileId{0});
  EXPECT_EQ(dump(parsed), "s{l[/a]{b; l[/c]{d;}}} !22-22 unexpected end of file, expecting \"}\"");
  ASSERT_EQ(parsed.problems[0].related.size(), 1U);
  EXPECT_EQ(parsed.problems[0].related[0].span, (text::Span{text::FileId{0}, 6, 12}));
}

TEST(NginxParser, AnOpenQuoteIsReportedWhereItOpens) {
  EXPECT_EQ(dumped("a \"b;\nc \"d\";"), "a[b]; c[d]; !2-3 missing terminating \"\"\" character");
  EXPECT_EQ(dumped("a 'b;\nc d;\n"), "a[b]; c[d]; !2-3 missing terminating \"'\" character");
  EXPECT_EQ(dumped("a \"b\"c;"), "a[b|c]; !5-6 unexpected \"c\"");
}

TEST(NginxParser, WordsLongerThanTheBuffer) {
  const std::string x(5000, 'x');
  EXPECT_EQ(dumped("a b;\n#" + x + "\nc;"),
            "a[b]; c; !5-15 too long parameter \"#xxxxxxxxx...\" started");
  EXPECT_EQ(dumped("a \"b;\n" + std::string(5000, '\n') + "c;"),
            "a[b]; c; !2-3 too long parameter, probably missing terminating \"\"\" character");
  EXPECT_EQ(parse("#" + std::string(4000, 'x') + "\nc;", text::FileId{0}).problems.size(), 0U);
}

TEST(NginxParser, LuaIsNotRead) {
  EXPECT_EQ(dumped("content_by_lua_block { if a == '}' then --[[ } ]] b{} --}\n end }\nc;"),
            "content_by_lua_block{...} c;");
  EXPECT_EQ(dumped("x_by_lua_block { a {"),
            "x_by_lua_block{...} !15-16 unexpected end of file, expecting terminating characters "
            "for lua code block");
}

TEST(NginxParser, AnyBytes) {
  EXPECT_EQ(dumped("\xef\xbb\xbfuser a;"), "\xef\xbb\xbfuser[a];");
  EXPECT_EQ(parse(std::string(10000, '\0'), text::FileId{0}).problems.size(), 2U);
  const auto deep = parse(
      [] {
        std::string text;
        for (int i = 0; i < 100000; ++i) text += "a{";
        return text;
      }(),
      text::FileId{0});
  ASSERT_EQ(deep.problems.size(), 2U);
  EXPECT_EQ(deep.problems[0].message, "blocks nested deeper than 128 levels");
}

TEST(NginxParser, TheParameterOfG) {
  EXPECT_EQ(dump(parse_parameter("daemon on; master_process off;", text::FileId{0}, 100)),
            "daemon[on]; master_process[off];");
  EXPECT_EQ(dump(parse_parameter("daemon on", text::FileId{0}, 100)),
            "daemon[on]; !109-109 unexpected end of parameter, expecting \";\"");
  EXPECT_EQ(dump(parse_parameter("events { }", text::FileId{0}, 0)),
            "events{} !0-8 block directives are not supported in -g option");
}

}  // namespace
}  // namespace stackaudit::syntax::nginx

// Places, frames, suggestions and escapes: input and whole output.
#include "text/frame.hpp"
#include "text/mode.hpp"
#include "text/source_map.hpp"
#include "text/suggest.hpp"
#include "text/utf8.hpp"
#include "text/words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::text {
namespace {

TEST(SourceMap, FindsLineAndColumnInCharacters) {
  SourceMap sources;
  const auto id = sources.add("/a", "one\ntw\xc3\xb6 x\n");
  EXPECT_EQ(sources.locate(id, 0).line, 1U);
  EXPECT_EQ(sources.locate(id, 3).column, 4U);
  EXPECT_EQ(sources.locate(id, 4).line, 2U);
  EXPECT_EQ(sources.locate(id, 9).column, 5U);  // the x: the o umlaut has two bytes, one column
  EXPECT_EQ(sources.locate(id, 999).line, 3U);  // past the end is the end
  EXPECT_EQ(sources.line(id, 2), "tw\xc3\xb6 x");
  EXPECT_EQ(sources.line(id, 4), "");
  EXPECT_EQ(sources.slice({id, 4, 6}), "tw");
  EXPECT_EQ(sources.find("/a"), id);
  EXPECT_EQ(sources.find("/b"), std::nullopt);
}

TEST(Words, AreWhatBlanksPartAndNothingElse) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(words("  a \t\"b c\"\r\n"), (Words{"a", "\"b", "c\""}));
  EXPECT_EQ(words("one"), Words{"one"});
  EXPECT_TRUE(words(" \t\n").empty());
  EXPECT_TRUE(words("").empty());
  EXPECT_EQ(trimmed(" \ta b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Words, AreFoundAnywhereInAText) {
  EXPECT_TRUE(contains("aaab", "aab"));
  EXPECT_TRUE(contains("a", ""));
  EXPECT_TRUE(contains(std::string_view("a\0b", 3), "b"));
  EXPECT_FALSE(contains("", "a"));
  EXPECT_FALSE(contains("ab", "abc"));
  constexpr std::array<std::string_view, 2> kParts{"is_file(", "stat("};
  EXPECT_TRUE(contains_any("if (lstat($f))", kParts));
  EXPECT_FALSE(contains_any("if (is_file)", kParts));
}

TEST(Mode, IsDigitsAndLetters) {
  EXPECT_EQ(octal(0), "0000");
  EXPECT_EQ(octal(0100644), "0644") << "the type of the file is none of its permissions";
  EXPECT_EQ(octal(04755), "4755");
  EXPECT_EQ(read_octal("0660"), 0660U);
  EXPECT_EQ(read_octal("4755"), 04755U);
  for (const auto* text : {"", "0660x", "0888", "-1", "17777", "rw"})
    EXPECT_EQ(read_octal(text), std::nullopt) << text;
  EXPECT_EQ(letters(5), "r-x");
  EXPECT_EQ(short_letters(5), "rx");
  EXPECT_EQ(short_letters(0), "");
  EXPECT_EQ(nine_letters(0640), "rw-r-----");
}

TEST(Lines, HaveNumbersAndOffsets) {
  const auto shown = [](std::string_view content) {
    std::string text;
    for (const auto& line : lines(content))
      text += std::to_string(line.number) + "+" + std::to_string(line.begin) + "[" +
              std::string(line.text) + "]";
    return text;
  };
  EXPECT_EQ(shown("a\r\n\nbc\n"), "1+0[a\r]2+3[]3+4[bc]");
  EXPECT_EQ(shown("a\nb"), "1+0[a]2+2[b]");
  EXPECT_EQ(shown(""), "");
}

TEST(SourceMap, ACopyHasItsOwnPathAndTheSameText) {
  SourceMap sources;
  const auto first = sources.add("/a", "one\ntwo\n");
  const auto copy = sources.add_copy("/b", first);
  const auto copy_of_copy = sources.add_copy("/c", copy);
  EXPECT_EQ(sources.content(copy_of_copy).data(), sources.content(first).data());
  EXPECT_EQ(sources.locate(copy, 4).path, "/b");
  EXPECT_EQ(sources.locate(copy, 4).line, 2U);
  EXPECT_EQ(sources.find("/c"), copy_of_copy);
}

TEST(SourceMap, ManyTextsKeepTheirNumbers) {
  SourceMap sources;
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(sources.add("/" + std::to_string(i), std::to_string(i)),
              FileId{static_cast<std::uint32_t>(i)});
  for (const int i : {0, 63, 64, 191, 192, 447, 448, 999}) {
    const auto id = FileId{static_cast<std::uint32_t>(i)};
    EXPECT_EQ(sources.content(id), std::to_string(i));
    EXPECT_EQ(sources.path(id), "/" + std::to_string(i));
  }
  EXPECT_THROW(static_cast<void>(sources.content(FileId{1000})), std::out_of_range);
  EXPECT_THROW(static_cast<void>(sources.content(FileId::none)), std::out_of_range);
}

TEST(SourceMap, AnEmptyTextHasOneEmptyLine) {
  SourceMap sources;
  const auto id = sources.add("/a", "");
  EXPECT_EQ(sources.locate(id, 0).line, 1U);
  EXPECT_EQ(sources.line_count(id), 1U);
  EXPECT_EQ(code_frame(sources, {id, 0, 0}), "   |\n 1 | \n   | ^\n");
}

TEST(CodeFrame, MarksTheSpanOnItsLine) {
  SourceMap sources;
  const auto id = sources.add("/a", "user root;\n\tinclude none.conf;\r\n");
  EXPECT_EQ(code_frame(sources, {id, 20, 29}, "no such file"),
            "   |\n"
            " 2 |  include none.conf;\n"
            "   |          ^^^^^^^^^ no such file\n");
}

TEST(CodeFrame, SeveralLinesAreMarkedOnTheFirst) {
  SourceMap sources;
  const auto id = sources.add("/a", "a {\n b;\n}\n");
  EXPECT_EQ(code_frame(sources, {id, 2, 9}), "   |\n 1 | a {\n   |   ^\n");
}

TEST(CodeFrame, CutsALongLineAroundTheSpan) {
  SourceMap sources;
  const auto id = sources.add("/a", std::string(5000, 'x') + "HERE" + std::string(5000, 'y'));
  const auto frame = code_frame(sources, {id, 5000, 5004});
  EXPECT_LT(frame.size(), 400U);
  EXPECT_NE(frame.find("..." + std::string(40, 'x') + "HERE"), std::string::npos);
  EXPECT_NE(frame.find("   | " + std::string(43, ' ') + "^^^^\n"), std::string::npos);
}

TEST(CodeFrame, PrintsNoControlCharacterOfTheFile) {
  SourceMap sources;
  const auto id = sources.add("/a\x1b[2J", "x\x1b[31mred\x07\xff\xc2\x9b y");
  const auto shown =
      render(sources, {{id, 1, 2}, "bad \x1b byte", Severity::warning, {}, "take \x07 away"});
  for (const char c : shown)
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  EXPECT_NE(shown.find("x\\x1b[31mred\\x07\\xff\\x9b y"), std::string::npos) << shown;
}

TEST(Render, ShowsEveryPartOfADiagnostic) {
  SourceMap sources;
  const auto id = sources.add("/a", "http {\nserver {\n");
  const Diagnostic diagnostic{{id, 16, 16},
                              "unexpected end of file, expecting \"}\"",
                              Severity::error,
                              {{{id, 7, 15}, "the block was opened here"}},
                              "add \"}\""};
  EXPECT_EQ(render(sources, diagnostic),
            "/a:3:1: error: unexpected end of file, expecting \"}\"\n"
            "   |\n 3 | \n   | ^\n"
            "/a:2:1: note: the block was opened here\n"
            "   |\n 2 | server {\n   | ^^^^^^^^\n"
            "  help: add \"}\"\n");
}

TEST(Suggest, EditDistanceCountsSwapsOnce) {
  EXPECT_EQ(edit_distance("html", "htlm", 3), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3U);
  EXPECT_EQ(edit_distance("abc", "xyz", 1), 2U);  // above the limit: limit + 1
  EXPECT_EQ(edit_distance("", "ab", 3), 2U);
}

TEST(Suggest, NearestPrefersLetterCaseThenDistance) {
  const std::vector<std::string> names{"Logger.php", "loggers.php", "ledger.php"};
  EXPECT_EQ(nearest("logger.php", names), "Logger.php");
  EXPECT_EQ(nearest("ledgr.php", names), "ledger.php");
  EXPECT_EQ(nearest("unrelated", names), std::nullopt);
  EXPECT_EQ(nearest("none.php", std::vector<std::string>{"noop.php"}), std::nullopt);
  EXPECT_EQ(nearest("laod.phpp", std::vector<std::string>{"load.php"}), std::nullopt);
  EXPECT_EQ(nearest("load.phpp", std::vector<std::string>{"load.php"}), "load.php");
  EXPECT_EQ(nearest("x", std::vector<std::string>{}), std::nullopt);
}

TEST(Utf8, KnowsWellFormedSequences) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("\xe2\x82\xac"), 3U);
  EXPECT_EQ(utf8_length("\xf0\x9f\x98\x80"), 4U);
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"})
    EXPECT_EQ(utf8_length(bad), 0U) << bad;
  EXPECT_EQ(valid_utf8("a\xff\xc3\xb6"), "a\xef\xbf\xbd\xc3\xb6");
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\u{202e}");
}

}  // namespace
}  // namespace stackaudit::text

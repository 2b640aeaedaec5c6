// The four dialects: what is accepted, what is refused in whose words, and where it stands.
#include "syntax/ini/ini.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::ini {
namespace {

Document read(std::string_view text, Dialect dialect) {
  return parse(text, text::FileId{0}, dialect);
}

// The dump, and behind it the problems as "begin-end severity message".
std::string show(std::string_view text, Dialect dialect) {
  const auto document = read(text, dialect);
  auto out = dump(document);
  for (const auto& problem : document.problems)
    out += std::to_string(problem.span.begin) + "-" + std::to_string(problem.span.end) +
           (problem.severity == text::Severity::error ? " error " : " warning ") + problem.message +
           "\n";
  return out;
}

TEST(Systemd, SectionsKeysAndComments) {
  EXPECT_EQ(show("# top\n[Service]\n  User = www-data \n;x=1\nUser=\n", Dialect::systemd),
            "[Service] User=www-data; User=\n");
}

TEST(Systemd, ABackslashContinuesALineAcrossComments) {
  EXPECT_EQ(
      show("[Service]\nExecStart=/bin/a \\\n# not this\n  b \\\n\nUser=x\n", Dialect::systemd),
      "[Service] ExecStart=/bin/a  b; User=x\n");
  EXPECT_EQ(show("[Service]\nExecStart=/bin/a \\\\\nUser=x", Dialect::systemd),
            "[Service] ExecStart=/bin/a \\\\; User=x\n");
  EXPECT_EQ(show("[Service]\nExecStart=/bin/a \\", Dialect::systemd),
            "[Service] ExecStart=/bin/a\n");
}

TEST(Systemd, SaysWhatItIgnoresAndWhatItRefuses) {
  EXPECT_EQ(show("User=x\n[Service\nword\n=y\n", Dialect::systemd),
            "[] User=x\n"
            "0-6 warning Assignment outside of section. Ignoring.\n"
            "7-15 error Invalid section header '[Service'\n"
            "16-20 warning Missing '=', ignoring line.\n"
            "21-23 warning Missing key name before '=', ignoring line.\n");
}

TEST(Systemd, PlacesKeyAndValue) {
  const std::string_view text = "[Service]\n User =  www-data \nEnvironmentFile= \\\n /etc/x\n";
  const auto document = read(text, Dialect::systemd);
  const auto* user = last(document, "Service", "User");
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(text.substr(user->key.span.begin, 4), "User");
  EXPECT_EQ(text.substr(user->value.span.begin, user->value.span.end - user->value.span.begin),
            "www-data");
  const auto* file = last(document, "Service", "EnvironmentFile");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->value.value, "/etc/x");
  EXPECT_EQ(text.substr(file->value.span.begin, file->value.span.end - file->value.span.begin),
            "/etc/x");
}

TEST(PhpFpm, KeysSubkeysQuotesAndComments) {
  EXPECT_EQ(show("; c\n[www]\nuser = www-data ; who\nphp_admin_value[error_log] = \"/a b;c\"\n"
                 "env[A] = \"a\\\"b\" \"c\"\nlisten = /run/php/$pool.sock\nx = 'a;b'\n",
                 Dialect::php_fpm),
            "[www] user=www-data; php_admin_value[error_log]=/a b;c; env[A]=a\"bc; "
            "listen=/run/php/$pool.sock; x=a;b\n");
}

TEST(PhpFpm, RefusesInTheWordsOfThePhpScanner) {
  const auto one = [](std::string_view text) { return show(text, Dialect::php_fpm); };
  EXPECT_EQ(one("a=foo(bar)\n"), "5-6 error syntax error, unexpected '('\n");
  EXPECT_EQ(one("a=b=c\n"), "3-4 error syntax error, unexpected '='\n");
  EXPECT_EQ(one("[www\n"),
            "[www]\n4-5 error syntax error, unexpected end of file, expecting ']'\n");
  EXPECT_EQ(one("=x\n"), "0-1 error syntax error, unexpected '='\n");
  EXPECT_EQ(one("(x)=1\n"), "0-1 error syntax error, unexpected '('\n");
  EXPECT_EQ(one("e[A]\n"), "4-5 error syntax error, unexpected END_OF_LINE, expecting '='\n");
  EXPECT_EQ(one("e[A]x=1\n"), "4-5 error syntax error, unexpected 'x'\n");
  EXPECT_EQ(one("a=${HOME\n"), "8-9 error syntax error, unexpected end of file, expecting '}'\n");
  EXPECT_EQ(one("a=\"foo\nb=1\n"),
            "[] b=1\n2-3 error syntax error, unexpected end of file, expecting "
            "TC_DOLLAR_CURLY or TC_QUOTED_STRING or '\"'\n");
}

TEST(PhpFpm, AcceptsWhatPhpAccepts) {
  EXPECT_EQ(
      show("a\nb=\nc=x{y}\nd=!x\ne=a|b\nf=${X}y\ng=a b  c\n#h=1\ni='a\\'b'\n", Dialect::php_fpm),
      "[] a; b=; c=x{y}; d=!x(dynamic); e=a|b(dynamic); f=${X}y(dynamic); g=a b  c; #h=1; "
      "i=a\\b\n");
}

TEST(PhpFpm, VariablesAreLeftInAPattern) {
  const auto pattern = [](std::string_view line) {
    const auto document = parse(line, text::FileId{0}, Dialect::php_fpm);
    return document.sections.at(0).entries.at(0).pattern;
  };
  EXPECT_EQ(pattern("a = /run/${X}/\"b c\".sock\n"), "/run/${X}/b c.sock");
  EXPECT_EQ(pattern("a = \"${X}y\"\n"), "${X}y");
  EXPECT_EQ(pattern("a = '${X}'\n"), "");
  EXPECT_EQ(pattern("a = ${X}|1\n"), "");
}

TEST(Php, AQuotedValueSpansLinesAndAnErrorIsAWarning) {
  EXPECT_EQ(show("\xef\xbb\xbf"
                 "a = \"x\ny\"\nb = (\nc = 1\n",
                 Dialect::php),
            "[] a=x\ny; c=1\n18-19 warning syntax error, unexpected END_OF_LINE\n");
}

TEST(MyCnf, GroupsOptionsAndIncludes) {
  EXPECT_EQ(
      show("!includedir /etc/x.d\n[mysqld] # g\nskip-networking\nsocket = \"/a#b\" # c\n; d\n",
           Dialect::my_cnf),
      "[] !includedir=/etc/x.d\n[mysqld] skip-networking; socket=/a#b\n");
  EXPECT_EQ(show("a=1\n[x\n", Dialect::my_cnf),
            "[] a=1\n[x]\n0-3 error Found option without preceding group in config file\n"
            "4-6 error Wrong group definition in config file\n");
}

TEST(Ini, SurvivesAnyBytes) {
  std::string all;
  for (int i = 0; i < 512; ++i) all += static_cast<char>(i * 7);
  for (const auto dialect : {Dialect::systemd, Dialect::php_fpm, Dialect::php, Dialect::my_cnf}) {
    for (std::size_t n = 0; n < all.size(); n += 5) (void)read(all.substr(n), dialect);
    (void)read(std::string(300'000, '['), dialect);
    (void)read(std::string(300'000, '"'), dialect);
    (void)read(std::string(300'000, '\''), dialect);
  }
}

}  // namespace
}  // namespace stackaudit::syntax::ini

// Lines of php.ini asked of PHP itself: what it calls a syntax error must be a problem here, at its
// line or the one before (PHP names the next one where the end of a line is what it did not
// expect), and what it reads must be none. The quotes of templates that nobody filled in are among
// them.
#include "support/process.hpp"
#include "syntax/ini/ini.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

namespace stackaudit {
namespace {

namespace ini = syntax::ini;

constexpr const char* kLines[] = {
    "date.timezone = Europe/Berlin",
    "a = b(c",
    "a = (b)",
    "a = b)",
    "a = ((b)",
    "[mail",
    "[mail]x=1",
    "[mail] ; x",
    "a = \"b",
    "a = 'b",
    "a = 'it's'",
    "a = b\"c\"",
    "a = \"b\" c",
    "a = \"x\\\"y\"",
    "a = \"b\nc\"",
    "a = 'b\nc",
    "a = b & c",
    "a = E_ALL & ~E_NOTICE",
    "a = E_ALL ^",
    "a = |",
    "a = ~",
    "a = !b",
    "a = b!c",
    "a = b ! c",
    "a = ${HOME}",
    "a = ${HOME",
    "a = \"${HOME}x\"",
    "a = \"${HOME\"",
    "a = $b",
    "a = b$c",
    "a=b=c",
    "= b",
    "a",
    "a[] = b",
    "a[b] = c",
    "a[b = c",
    "a{b} = c",
    "a b = c",
    "# x = (",
    "# x",
    "; x = (",
    "a = b;c",
    "a = \"b;c\"",
    "a = {b}",
    "foo(bar) = 1",
    "a = yes\n[b]\nc = (\nd = 1",
    "a = <?= x ?>",
    "{{ x }} = 1",
    "a = {{ x }}",
    "a = %x%",
    "a = <%= x %>",
    "\xef\xbb\xbf"
    "a = b",
    "a = \xe2\x80\x9c"
    "b\xe2\x80\x9d",
    "a = @b",
    "a:b",
    "a = a,b,c",
    "a = 5 + 3",
    "a = -1",
    "null = 1",
    "on = 1",
    "nothing = 1",
    "none",
    "a =\r",
    "a = b\r\n[c]\r",
};

// The line of PHP's first syntax error, 0 without one.
int php_refuses(const std::string& file, std::string& said) {
  said = test::run({"env", "PHP_INI_SCAN_DIR=", "php", "-c", file, "-d", "display_startup_errors=1",
                    "-r", ""})
             .both();
  const auto error = said.find("syntax error, ");
  if (error == std::string::npos) return 0;
  const auto line = said.find(" on line ", error);
  int number = 0;
  if (line != std::string::npos)
    (void)std::from_chars(said.data() + line + 9, said.data() + said.size(), number);
  return number;
}

TEST(PhpIniTruth, RefusesWhatPhpRefuses) {
  ASSERT_TRUE(test::installed("php"));
  const test::TempDir folder;
  for (const auto* line : kLines) {
    const auto content = "; first\n" + std::string(line) + "\n";
    std::string said;
    const auto real = php_refuses(folder.write("php.ini", content), said);
    const auto document = ini::parse(content, text::FileId{0}, ini::Dialect::php);
    EXPECT_EQ(!document.problems.empty(), real != 0) << content << said;
    if (document.problems.empty() || real == 0) continue;
    const auto begin = document.problems.front().span.begin;
    const auto ours = 1 + std::count(content.begin(), content.begin() + begin, '\n');
    EXPECT_TRUE(ours == real || ours == real - 1) << content << said << "here: " << ours;
  }
}

}  // namespace
}  // namespace stackaudit

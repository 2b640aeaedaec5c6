// Words of systemd values, shown between bars.
#include "syntax/ini/words.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::ini {
namespace {

std::string show(std::string_view value) {
  const auto words = split_words(value);
  std::string out;
  for (const auto& command : split_commands(words)) {
    out += "{";
    for (const auto& word : command) out += "|" + word.text;
    out += "}";
  }
  return out + (words.unbalanced ? "!" : "");
}

TEST(Words, QuotesAndEscapes) {
  EXPECT_EQ(show("/usr/sbin/nginx -g 'daemon on; master_process on;'"),
            "{|/usr/sbin/nginx|-g|daemon on; master_process on;}");
  EXPECT_EQ(show("/bin/a \"b c\"d '' \\x41\\101\\s\\n \\q"), "{|/bin/a|b cd||AA \n|\\q}");
  EXPECT_EQ(show("  "), "");
  EXPECT_EQ(show("a \\"), "{|a|\\}");
}

TEST(Words, SemicolonsSeparateCommands) {
  EXPECT_EQ(show("/bin/a b ; /bin/c \";\" d;"), "{|/bin/a|b}{|/bin/c|;|d;}");
}

TEST(Words, AnOpenQuoteIsReported) {
  EXPECT_EQ(show("/bin/a \"b"), "{|/bin/a|b}!");
}

}  // namespace
}  // namespace stackaudit::syntax::ini

// The words of systemd's values: quoting and escapes as extract-word.c has them, command lines as
// systemd.service(5) describes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::ini {

// A word without its quotes, and where it stands in the value, quotes included.
struct ValueWord {
  std::string text;
  std::size_t begin = 0, end = 0;
  bool quoted = false;
};

struct ValueWords {
  std::vector<ValueWord> words;
  bool unbalanced = false;  // a quote is not closed: systemd refuses the value
};

// Words separated by blanks; '...' and "..." group, C escapes (\n, \x41, \101, \s) are undone,
// unknown escapes stay as written.
[[nodiscard]] ValueWords split_words(std::string_view value);

// Splits at words that are exactly ";" (unquoted), as ExecStart= does.
[[nodiscard]] std::vector<std::vector<ValueWord>> split_commands(const ValueWords& words);

}  // namespace stackaudit::syntax::ini

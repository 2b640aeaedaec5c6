// The shell's tokens: words with their quoting and expansions taken apart, and operators.
#pragma once

#include "syntax/shell/shell.hpp"

namespace stackaudit::syntax::shell {

struct Token {
  enum class Kind : std::uint8_t { word, op, newline, end };
  Kind kind = Kind::end;
  ShellWord word;        // of a word
  std::string op;        // ";", "&&", "||", "|", "&", "(", ")", ";;", "<", ">", ...
  std::string plain;     // the word's text where it is unquoted and has no expansion, else empty
  std::string assigned;  // NAME where the word is NAME=value; word.parts is then the value
  text::Span name_span;  // of that NAME
  text::Span span;
};

// Every token of the text, the last is `end`.
[[nodiscard]] std::vector<Token> tokens(std::string_view text, text::FileId file,
                                        std::vector<text::Diagnostic>& problems);

}  // namespace stackaudit::syntax::shell

// The tokens of httpd's expressions (ap_expr), one at a time, and the characters between them for
// the parser, which reads strings and variables itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stackaudit::syntax::apache {

enum class Is {
  end,
  error,
  yes_no,    // true, false
  negation,  // !, not
  both,      // &&, and
  either,    // ||, or
  compare,   // ==, -eq, lt, ...
  in,
  matches,  // =~, !~
  unary,
  binary,
  digits,
  id,
  quote,     // the beginning of a string
  variable,  // %{
  backref,
  regex,
  mark,  // one of (){},:.
};

struct Token {
  Is is = Is::end;
  std::string_view text;
};

// How httpd's messages call a token.
[[nodiscard]] std::string called(const Token& token);

[[nodiscard]] inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class TokenReader {
 public:
  explicit TokenReader(std::string_view text) : text_(text) {}

  // Reads the next token; there is none before the first call.
  void advance();
  [[nodiscard]] const Token& token() const { return token_; }
  // What httpd says of a token that is an error.
  [[nodiscard]] const std::string& error() const { return error_; }
  // Of the last token that was a regex: its pattern, and whether it ends in "i".
  [[nodiscard]] std::string_view regex() const { return regex_; }
  [[nodiscard]] bool caseless() const { return caseless_; }

  // The characters behind the token: NUL beyond the end.
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip(std::size_t characters) { at_ += characters; }
  // The name of a variable or function that begins here, which is skipped; may be empty.
  std::string_view take_name();

 private:
  Is scan();
  Is word();
  Is dashed();
  Is read_regex(std::size_t opening);

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
  std::string error_;
  std::string_view regex_;
  bool caseless_ = false;
};

}  // namespace stackaudit::syntax::apache

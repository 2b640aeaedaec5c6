// nginx's tokenizer: one call reads one statement, that is, words up to ";", "{" or "}".
#pragma once

#include "syntax/syntax.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::nginx {

struct Statement {
  enum class Kind : std::uint8_t { directive, block_start, block_end, end_of_file };
  Kind kind = Kind::end_of_file;
  std::vector<Word> words;  // none before a block_end and at the end of the file
  text::Span end;           // of the character that ended it; empty where that is missing
};

class Lexer {
 public:
  Lexer(std::string_view text, text::FileId file, std::uint32_t base, bool parameter,
        std::vector<text::Diagnostic>& problems);

  // Into a statement that may have been read before: its room for words serves again.
  void next(Statement& statement);
  // Skips a block of Lua whose "{" was read last; the span of its "}" (empty where it is missing).
  [[nodiscard]] text::Span skip_lua();

 private:
  enum class Step : std::uint8_t { go_on, done };
  struct Reading;  // the state of one statement, as nginx keeps it

  void pass_over(Reading& r);
  Step take(Reading& r, char ch);
  Step begin_word(Reading& r, char ch);
  Step inside_word(Reading& r, char ch);
  Step after_quoted(Reading& r, char ch, bool& consumed);
  void end_word(Reading& r, std::uint32_t end);
  void end_of_text(Reading& r);
  void too_long(Reading& r);
  void close_open_quote(Reading& r, std::uint32_t opening, std::string_view server_words,
                        text::Span server_place);
  [[nodiscard]] bool refill(Reading& r);
  void report(text::Span span, std::string message, std::string help = {});
  [[nodiscard]] text::Span span(std::size_t begin, std::size_t end) const;
  void skip_lua_long_bracket(std::size_t level);

  std::string_view text_;
  text::FileId file_;
  std::uint32_t base_;
  bool parameter_;
  std::vector<text::Diagnostic>& problems_;
  std::uint32_t at_ = 0;
  std::uint32_t buffered_ = 0;  // nginx's buffer ends here; it holds 4096 bytes
};

}  // namespace stackaudit::syntax::nginx

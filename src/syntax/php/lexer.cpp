// The scanner's loop, and the states outside of strings that are not plain code.
#include "syntax/php/lexer.hpp"

#include "syntax/php/scanner.hpp"

#include <algorithm>
#include <cstring>

namespace stackaudit::syntax::php {

using namespace chars;

std::size_t Scanner::newline_end(std::size_t i) const {
  if (at(i) == '\r') return at(i + 1) == '\n' ? i + 2 : i + 1;
  return at(i) == '\n' ? i + 1 : i;
}

// The end of a // or # comment: before the line's end or ?>.
std::size_t Scanner::line_comment_end(std::size_t i) const {
  static constexpr auto kLineEnds = set_of("\r\n");
  const auto stop = std::min(find_any(text_, i, kLineEnds), text_.size());
  const auto close = text_.substr(i, stop - i).find("?>");
  return close == std::string_view::npos ? stop : i + close;
}

std::size_t Scanner::block_comment_end(std::size_t i) const {
  const auto close = text_.find("*/", i + 2);
  return close == std::string_view::npos ? text_.size() : close + 2;
}

// __halt_compiler ( ) and what ends it; the rest of the file is data.
void Scanner::watch_halt(Kind kind) {
  if (until_halt_ > 0 && !is_trivia(kind) && --until_halt_ == 0) finish_halt();
  if (kind == kHaltCompiler && until_halt_ < 0) until_halt_ = 3;
}

void Scanner::finish_halt() {
  const auto rest = pos_;
  pos_ = text_.size();
  if (rest < pos_)
    tokens_.push_back(
        {static_cast<std::uint32_t>(rest), static_cast<std::uint32_t>(pos_), kInlineHtml});
}

std::vector<Token> Scanner::run() {
  while (pos_ < text_.size()) {
    switch (state_) {
      case State::html:
        html();
        break;
      case State::code:
        code();
        break;
      case State::property:
        property();
        break;
      case State::double_quotes:
        quoted('"');
        break;
      case State::backquote:
        quoted('`');
        break;
      case State::heredoc:
        heredoc();
        break;
      case State::nowdoc:
        nowdoc();
        break;
      case State::end_heredoc:
        end_heredoc();
        break;
      case State::offset:
        offset();
        break;
      case State::variable_name:
        variable_name();
        break;
    }
  }
  return std::move(tokens_);
}

// The end of the tag that opens PHP at "<?", or i where none does.
std::size_t Scanner::open_tag_end(std::size_t i, Kind& kind) const {
  if (at(i + 2) == '=') {
    kind = kOpenTagWithEcho;
    return i + 3;
  }
  kind = kOpenTag;
  const auto is_letter = [&](std::size_t n, char c) { return (at(i + n) | 32) == c; };
  if (is_letter(2, 'p') && is_letter(3, 'h') && is_letter(4, 'p')) {
    if (i + 5 == text_.size()) return i + 5;
    if (at(i + 5) == ' ' || at(i + 5) == '\t') return i + 6;
    if (const auto end = newline_end(i + 5); end != i + 5) return end;
  }
  return options_.short_open_tag ? i + 2 : i;
}

void Scanner::html() {
  std::size_t tag = pos_;
  std::size_t end = 0;
  Kind kind = kEnd;
  while ((tag = text_.find("<?", tag)) != std::string_view::npos) {
    if ((end = open_tag_end(tag, kind)) != tag) break;
    tag += 2;
  }
  if (tag == std::string_view::npos) {
    emit(kInlineHtml, text_.size());
    return;
  }
  if (tag != pos_) emit(kInlineHtml, tag);
  state_ = State::code;
  emit(kind, end);
}

// After -> and ?->: the next word is a name, whatever it means elsewhere.
void Scanner::property() {
  const char c = at(pos_);
  if (is(c, kSpace))
    emit(kWhitespace, space_end(pos_));
  else if (starts(pos_, "->"))
    emit(kObjectOperator, pos_ + 2);
  else if (starts(pos_, "?->"))
    emit(kNullsafeObjectOperator, pos_ + 3);
  else {
    pop();
    if (starts_label(c)) emit(kString, label_end(pos_));
  }
}

// "$a[...]" in a string.
void Scanner::offset() {
  const char c = at(pos_);
  if (is(c, kDigit)) {
    auto end = pos_ + 1;
    const bool prefixed = c == '0' && std::strchr("xXbBoO", at(end)) != nullptr && at(end) != 0 &&
                          digits_end(end + 1, 16) != end + 1;
    end = digits_end(prefixed ? end + 1 : pos_, prefixed ? 16 : 10);
    emit(kNumString, end);
  } else if (c == '$' && starts_label(at(pos_ + 1))) {
    emit(kVariable, label_end(pos_ + 1));
  } else if (starts_label(c)) {
    emit(kString, label_end(pos_));
  } else if (c == ']') {
    pop();
    emit(static_cast<Kind>(']'), pos_ + 1);
  } else if (is(c, kSpace) || c == '\\' || c == '\'' || c == '#') {
    pop();
    emit(kEncapsedAndWhitespace, pos_);
  } else {
    emit(op(c), pos_ + 1);
  }
}

// "${" in a string.
void Scanner::variable_name() {
  const auto end = label_end(pos_);
  state_ = State::code;
  if (starts_label(at(pos_)) && (at(end) == '[' || at(end) == '}')) emit(kStringVarname, end);
}

std::vector<Token> tokenize(std::string_view text, const LexOptions& options) {
  return Scanner(text, options).run();
}

}  // namespace stackaudit::syntax::php

// Expansions nest (${A:-${B}}), so that taking a word apart is recursive, at most kMaxDepth deep;
// what is deeper or not understood is kept as an unknown part that ends at the next blank.
#include "syntax/shell/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::shell {
namespace {

bool name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool name_char(char c) {
  return name_start(c) || (c >= '0' && c <= '9');
}
bool blank(char c) {
  return c == ' ' || c == '\t';
}
bool meta(char c) {
  return blank(c) || std::string_view("\n;&|()<>").find(c) != std::string_view::npos;
}

void append(std::vector<Part>& parts, std::string_view text) {
  if (parts.empty() || parts.back().kind != Part::Kind::text) parts.emplace_back();
  parts.back().text += text;
}

class Lexer {
 public:
  Lexer(std::string_view text, text::FileId file, std::vector<text::Diagnostic>& problems)
      : text_(text), file_(file), problems_(problems) {}

  std::vector<Token> all() {
    std::vector<Token> out;
    do out.push_back(next());
    while (out.back().kind != Token::Kind::end);
    return out;
  }

 private:
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] text::Span span_from(std::size_t begin) const {
    return {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  }

  void skip_blanks() {
    while (!done()) {
      if (blank(peek())) {
        ++at_;
      } else if (peek() == '\\' && peek(1) == '\n') {
        at_ += 2;
      } else if (peek() == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  Token next() {
    skip_blanks();
    Token token;
    const std::size_t begin = at_;
    if (done()) {
      token.span = span_from(begin);
      return token;
    }
    if (peek() == '\n') {
      ++at_;
      token.kind = Token::Kind::newline;
    } else if (meta(peek())) {
      take_operator(token);
    } else {
      take_token_word(token);
    }
    token.span = span_from(begin);
    return token;
  }

  void take_operator(Token& token) {
    static constexpr std::array<std::string_view, 7> kDouble{"&&", "||", ";;", "<<",
                                                             ">>", "<&", ">&"};
    token.kind = Token::Kind::op;
    const auto two = text_.substr(at_, 2);
    token.op = std::ranges::find(kDouble, two) != kDouble.end() ? two : text_.substr(at_, 1);
    at_ += token.op.size();
  }

  void take_token_word(Token& token) {
    token.kind = Token::Kind::word;
    const std::size_t begin = at_;
    if (name_start(peek())) {
      while (name_char(peek())) ++at_;
      if (peek() == '=') {
        token.assigned = text_.substr(begin, at_ - begin);
        token.name_span = span_from(begin);
        ++at_;
      } else {
        at_ = begin;
      }
    }
    const std::size_t value = at_;
    bool quoted = false;
    take_parts(token.word.parts, 0, false, quoted);
    token.word.span = span_from(value);
    const auto& parts = token.word.parts;
    if (token.assigned.empty() && !quoted && parts.size() == 1 && parts[0].kind == Part::Kind::text)
      token.plain = parts[0].text;
  }

  // Parts up to an unquoted meta character, or inside ${...} to its brace.
  void take_parts(std::vector<Part>& parts, int depth, bool in_braces, bool& quoted) {
    while (!done()) {
      const char c = peek();
      if (in_braces ? c == '}' : meta(c)) return;
      if (c == '\'') {
        quoted = true;
        take_single(parts);
      } else if (c == '"') {
        quoted = true;
        take_double(parts, depth);
      } else if (c == '\\') {
        quoted = true;
        ++at_;
        if (peek() == '\n' || done()) {
          at_ = std::min(at_ + 1, text_.size());
        } else {
          append(parts, text_.substr(at_++, 1));
        }
      } else if (c == '$' || c == '`') {
        take_expansion(parts, depth);
      } else {
        append(parts, text_.substr(at_++, 1));
      }
    }
  }

  void take_single(std::vector<Part>& parts) {
    const std::size_t begin = at_++;
    const auto end = text_.find('\'', at_);
    if (end == std::string_view::npos) unterminated(begin);
    const auto stop = std::min(end, text_.size());
    append(parts, text_.substr(at_, stop - at_));
    at_ = std::min(stop + 1, text_.size());
  }

  void take_double(std::vector<Part>& parts, int depth) {
    const std::size_t begin = at_++;
    append(parts, "");
    while (!done() && peek() != '"') {
      if (peek() == '\\' && peek(1) != '\0' &&
          std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos) {
        if (peek(1) != '\n') append(parts, text_.substr(at_ + 1, 1));
        at_ += 2;
      } else if (peek() == '$' || peek() == '`') {
        take_expansion(parts, depth);
      } else {
        append(parts, text_.substr(at_++, 1));
      }
    }
    if (done()) unterminated(begin);
    at_ = std::min(at_ + 1, text_.size());
  }

  void take_expansion(std::vector<Part>& parts, int depth) {
    if (peek() == '$' && name_start(peek(1))) {
      const std::size_t begin = ++at_;
      while (name_char(peek())) ++at_;
      parts.push_back(
          {Part::Kind::variable, std::string(text_.substr(begin, at_ - begin)), {}, {}});
    } else if (peek() == '$' && peek(1) == '{' && depth < kMaxDepth) {
      take_braces(parts, depth);
    } else if (peek() == '`' || peek(1) == '(' || peek(1) == '{') {
      take_unknown(parts);
    } else {
      append(parts, text_.substr(at_++, 1));
    }
  }

  void take_braces(std::vector<Part>& parts, int depth) {
    const std::size_t begin = at_;
    at_ += 2;
    Part part{Part::Kind::variable, {}, {}, {}};
    const std::size_t name = at_;
    while (name_char(peek())) ++at_;
    part.text = text_.substr(name, at_ - name);
    while (!done() && part.op.size() < 2 &&
           std::string_view(":-=+?#%").find(peek()) != std::string_view::npos) {
      if (part.op.size() == 1 && !(part.op == ":" || part.op[0] == peek())) break;
      part.op += text_[at_++];
    }
    bool quoted = false;
    take_parts(part.operand, depth + 1, true, quoted);
    if (done()) return unterminated(begin);
    ++at_;
    const bool understood = !part.text.empty() && (!part.op.empty() || part.operand.empty());
    if (!understood) {
      part = {Part::Kind::unknown, std::string(text_.substr(begin, at_ - begin)), {}, {}};
    }
    parts.push_back(std::move(part));
  }

  // $(...) and `...`: to the bracket that balances it, quotes not considered.
  void take_unknown(std::vector<Part>& parts) {
    const std::size_t begin = at_;
    if (peek() == '`') {
      at_ = std::min(text_.find('`', at_ + 1), text_.size());
    } else {
      const char open = peek(1);
      const char close = open == '(' ? ')' : '}';
      int level = 0;
      for (++at_; !done(); ++at_) {
        if (peek() == open) ++level;
        if (peek() == close && --level == 0) break;
      }
    }
    if (done()) unterminated(begin);
    at_ = std::min(at_ + 1, text_.size());
    parts.push_back({Part::Kind::unknown, std::string(text_.substr(begin, at_ - begin)), {}, {}});
  }

  void unterminated(std::size_t begin) {
    problems_.push_back({{file_, static_cast<std::uint32_t>(begin),
                          static_cast<std::uint32_t>(std::min(begin + 1, text_.size()))},
                         "Syntax error: Unterminated quoted string",
                         text::Severity::error,
                         {},
                         {}});
    at_ = text_.size();
  }

  std::string_view text_;
  text::FileId file_;
  std::vector<text::Diagnostic>& problems_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokens(std::string_view text, text::FileId file,
                          std::vector<text::Diagnostic>& problems) {
  return Lexer(text, file, problems).all();
}

}  // namespace stackaudit::syntax::shell

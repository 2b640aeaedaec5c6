// PHP's INI scanner and grammar (zend_ini_scanner.l, zend_ini_parser.y), as far as they decide what
// is accepted and what a plain value is. php-fpm hands it one line after the other.
#include "syntax/ini/dialects.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::ini {
namespace {

constexpr std::string_view kNoLabel = std::string_view("=\n\r\t;&|^$~(){}!\"[]\0", 19);
constexpr std::string_view kNoValue = std::string_view("$= \t\n\r;&|^~()!\"'\0", 17);

// Words that are values, not names; PHP calls them by their tokens.
struct Reserved {
  std::string_view word, token;
};
constexpr std::array kReserved{Reserved{"true", "BOOL_TRUE"},  Reserved{"on", "BOOL_TRUE"},
                               Reserved{"yes", "BOOL_TRUE"},   Reserved{"false", "BOOL_FALSE"},
                               Reserved{"off", "BOOL_FALSE"},  Reserved{"no", "BOOL_FALSE"},
                               Reserved{"none", "BOOL_FALSE"}, Reserved{"null", "NULL_NULL"}};

std::string_view reserved(std::string_view label) {
  for (const auto& [word, token] : kReserved)
    if (text::equal_ignoring_case(word, label)) return token;
  return {};
}

class Scanner {
 public:
  // Reads [begin, end). In a file that is read as a whole, PHP stops at the first error with no
  // more than a message; php-fpm refuses the file.
  Scanner(const Input& in, std::size_t begin, std::size_t end, bool whole_file)
      : in_(in),
        at_(begin),
        end_(end),
        severity_(whole_file ? text::Severity::warning : text::Severity::error) {}

  void run() {
    while (at_ < end_) {
      const auto before = at_;
      if (!statement()) at_ = std::min(in_.line_end(std::max(at_, before)) + 1, end_);
      if (at_ == before) ++at_;
    }
  }

 private:
  [[nodiscard]] char peek() const { return at_ < end_ ? in_.text[at_] : '\n'; }
  [[nodiscard]] bool at_line_end() const { return at_ >= end_ || peek() == '\n' || peek() == '\r'; }
  void skip_blanks() {
    while (at_ < end_ && (peek() == ' ' || peek() == '\t')) ++at_;
  }
  std::string_view take_until(std::string_view stops) {
    const auto begin = at_;
    at_ = std::min(in_.text.find_first_of(stops, at_), end_);
    return in_.text.substr(begin, at_ - begin);
  }

  bool refuse(const std::string& message) {
    in_.problem(at_, std::min(at_ + 1, std::max(end_, at_)), "syntax error, " + message, severity_);
    return false;
  }
  bool unexpected() {
    if (at_ >= end_) return refuse("unexpected end of file");
    if (at_line_end()) return refuse("unexpected END_OF_LINE");
    return refuse(std::string("unexpected '") + peek() + "'");
  }
  bool unclosed(const std::string& expected) {
    return refuse("unexpected end of file, expecting " + expected);
  }

  bool statement() {
    skip_blanks();
    if (at_ >= end_) return true;
    if (peek() == '\n' || peek() == '\r') {
      ++at_;
      return true;
    }
    if (peek() == ';') {
      at_ = in_.line_end(at_);
      return true;
    }
    if (peek() == '[') return section();
    return entry();
  }

  bool section() {
    const auto begin = at_++;
    std::string name;
    (void)bracketed(name);  // and go on as if it were right: what follows belongs to it
    while (name.ends_with(' ')) name.pop_back();
    in_.open_section({std::move(name), in_.span(begin, at_), 0});
    return true;
  }

  // From behind "[" to behind "]": bare text, strings and ${...}; ";" ends everything.
  bool bracketed(std::string& text) {
    while (!at_line_end() && peek() != ']') {
      const char c = peek();
      if (c == ';' || (c == '\'' && find_close(c) == std::string_view::npos)) {
        const bool refused = unclosed("']'");
        take_until("\n\r");
        return refused;
      }
      if (c == '"' || c == '\'') {
        if (!quoted(text)) return false;
      } else if (in_.text.substr(at_, end_ - at_).starts_with("${")) {
        const auto from = at_;
        take_until("}\n\r");
        if (at_line_end()) return unclosed("'}'");
        text += in_.text.substr(from, ++at_ - from);
      } else {
        if (c == '\\' && at_ + 1 < end_) text += in_.text[at_++];
        text += in_.text[at_++];
      }
    }
    if (peek() != ']' || at_ >= end_) return unclosed("']'");
    ++at_;
    return true;
  }

  bool entry() {
    Entry entry;
    const auto begin = at_;
    auto label = take_until(kNoLabel);
    while (label.ends_with(' ')) label.remove_suffix(1);
    if (label.empty()) return unexpected();
    if (const auto token = reserved(label); !token.empty())
      return refuse("unexpected " + std::string(token));
    entry.key = in_.word(begin, begin + label.size());
    if (peek() == '[' && at_ < end_ && !offset(entry)) return false;
    skip_blanks();
    if (at_ < end_ && peek() == '=') {
      ++at_;
      if (!value(entry)) return false;
    } else if (entry.has_subkey || !(at_line_end() || peek() == ';')) {
      return at_line_end() || peek() == ';' ? refuse("unexpected END_OF_LINE, expecting '='")
                                            : unexpected();
    } else {
      entry.value = in_.word(at_, at_);
    }
    in_.add(std::move(entry));
    return true;
  }

  bool offset(Entry& entry) {
    ++at_;
    if (!bracketed(entry.subkey)) return false;
    entry.subkey.erase(0, entry.subkey.find_first_not_of(" \t"));
    entry.subkey.erase(entry.subkey.find_last_not_of(" \t") + 1);
    entry.has_subkey = true;
    entry.key.span.end = static_cast<std::uint32_t>(at_);
    return true;
  }

  bool value(Entry& entry) {
    skip_blanks();
    const auto begin = at_;
    auto last_part = at_;
    std::string text;
    bool operand_wanted = true;  // at the start and behind an operator
    bool literal_before = false, computed = false;
    char quote = 0;
    int parts = 0, open = 0;
    while (true) {
      const auto gap = at_;
      skip_blanks();
      if (at_line_end() || peek() == ';') break;
      const char c = peek();
      if (c == '"' || c == '\'') {
        if (c == '\'' && find_close('\'') == std::string_view::npos && !operand_wanted) {
          at_ = end_;  // PHP takes a lone ' behind a value for the end of everything
          break;
        }
        const auto opens = at_;
        if (!quoted(text)) return false;
        entry.dynamic = entry.dynamic || has_variable(opens, c);
        quote = c;
        ++parts;
        operand_wanted = literal_before = false;
      } else if (c == '$' && at_ + 1 < end_ && in_.text[at_ + 1] == '{') {
        const auto from = at_;
        take_until("}\n\r");
        if (at_line_end()) return unclosed("'}'");
        ++at_;
        text += in_.text.substr(from, at_ - from);
        entry.dynamic = true;
        ++parts;
        operand_wanted = literal_before = false;
      } else if (c == '&' || c == '|' || c == '^') {
        if (operand_wanted) return unexpected();
        ++at_;
        entry.dynamic = operand_wanted = computed = true;
      } else if (c == '!' || c == '~' || c == '(') {
        if (!operand_wanted) return unexpected();
        ++at_;
        entry.dynamic = computed = true;
        if (c == '(') ++open;
      } else if (c == ')') {
        if (operand_wanted || open == 0) return unexpected();
        ++at_;
        --open;
      } else if (c == '=') {
        return unexpected();
      } else {
        if (literal_before) text += in_.text.substr(gap, at_ - gap);
        literal(text);
        ++parts;
        operand_wanted = false;
        literal_before = true;
      }
      last_part = at_;
    }
    if (entry.dynamic && (operand_wanted || open > 0)) return unexpected();
    entry.value = in_.word(begin, last_part);
    if (!computed) (entry.dynamic ? entry.pattern : entry.value.value) = std::move(text);
    if (parts == 1) entry.value.quote = quote;
    entry.has_value = true;
    if (peek() == ';' && at_ < end_) at_ = std::min(in_.line_end(at_), end_);
    return true;
  }

  void literal(std::string& text) {
    const auto begin = at_;
    do {
      ++at_;
      at_ = std::min(in_.text.find_first_of(kNoValue, at_), end_);
    } while (at_ < end_ && peek() == '$' && !(at_ + 1 < end_ && in_.text[at_ + 1] == '{'));
    text += in_.text.substr(begin, at_ - begin);
  }

  // Position of the closing quote of the string that opens here, or npos.
  [[nodiscard]] std::size_t find_close(char quote) const {
    for (auto at = at_ + 1; at < end_; ++at) {
      if (in_.text[at] == '\\' && quote == '"')
        ++at;
      else if (in_.text[at] == quote)
        return at;
    }
    return std::string_view::npos;
  }

  bool quoted(std::string& text) {
    const char quote = peek();
    const auto close = find_close(quote);
    if (close == std::string_view::npos) {
      const bool refused =
          quote == '"' ? unclosed("TC_DOLLAR_CURLY or TC_QUOTED_STRING or '\"'") : unexpected_end();
      at_ = end_;  // one string from here to the end: nothing more to read
      return refused;
    }
    const auto inner = in_.text.substr(at_ + 1, close - at_ - 1);
    const auto variable = quote == '"' ? inner.rfind("${") : std::string_view::npos;
    if (variable != std::string_view::npos && inner.find('}', variable) == std::string_view::npos &&
        !inner.substr(0, variable).ends_with('\\'))
      return unclosed("'}'");
    for (std::size_t i = 0; i < inner.size(); ++i) {
      const bool escape = quote == '"' && inner[i] == '\\' && i + 1 < inner.size() &&
                          std::string_view("\"\\'").find(inner[i + 1]) != std::string_view::npos;
      if (escape) ++i;
      text += inner[i];
    }
    at_ = close + 1;
    return true;
  }
  // In the string that opened at `from` with `quote` and has just been read.
  [[nodiscard]] bool has_variable(std::size_t from, char quote) const {
    return quote == '"' && in_.text.substr(from, at_ - from).find("${") != std::string_view::npos;
  }
  bool unexpected_end() { return refuse("unexpected end of file"); }

  const Input& in_;
  std::size_t at_, end_;
  text::Severity severity_;
};

std::size_t after_byte_order_mark(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

}  // namespace

std::string plain_value(const Entry& entry) {
  const auto& value = entry.value.value;
  if (entry.dynamic || entry.value.quote != 0) return value;
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words,
                               [&](auto word) { return text::equal_ignoring_case(word, value); });
  };
  if (is({"true", "on", "yes"})) return "1";
  return is({"false", "off", "no", "none", "null"}) ? std::string{} : value;
}

void parse_php(const Input& in) {
  Scanner(in, after_byte_order_mark(in.text), in.text.size(), true).run();
}

void parse_php_fpm(const Input& in) {
  for (std::size_t at = 0; at < in.text.size();) {
    const auto next = std::min(in.line_end(at) + 1, in.text.size());
    at += after_byte_order_mark(in.text.substr(at));  // php-fpm hands over one line at a time
    Scanner(in, at, next, false).run();
    at = next;
  }
}

}  // namespace stackaudit::syntax::ini

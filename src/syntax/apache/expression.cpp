// The grammar is that of server/util_expr_parse.y: a word is read whenever no keyword fits, so that
// one token of looking ahead is enough. Strings are read by the parser itself, as they nest.
#include "syntax/apache/expression.hpp"

#include "syntax/syntax.hpp"
#include "text/regex.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::apache {
namespace {

using Kind = ExpressionName::Kind;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}

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

struct Keyword {
  std::string_view text;
  Is is;
};
constexpr std::array kWords{
    Keyword{"true", Is::yes_no}, Keyword{"false", Is::yes_no}, Keyword{"not", Is::negation},
    Keyword{"and", Is::both},    Keyword{"or", Is::either},    Keyword{"in", Is::in},
    Keyword{"lt", Is::compare},  Keyword{"le", Is::compare},   Keyword{"gt", Is::compare},
    Keyword{"ge", Is::compare},  Keyword{"ne", Is::compare},   Keyword{"eq", Is::compare}};
constexpr std::array kDashed{Keyword{"in", Is::in},      Keyword{"eq", Is::compare},
                             Keyword{"ne", Is::compare}, Keyword{"ge", Is::compare},
                             Keyword{"le", Is::compare}, Keyword{"gt", Is::compare},
                             Keyword{"lt", Is::compare}};
// The longer ones first.
constexpr std::array kSigns{
    Keyword{"==", Is::compare}, Keyword{"=~", Is::matches}, Keyword{"!=", Is::compare},
    Keyword{"!~", Is::matches}, Keyword{"<=", Is::compare}, Keyword{">=", Is::compare},
    Keyword{"&&", Is::both},    Keyword{"||", Is::either},  Keyword{"%{", Is::variable},
    Keyword{"=", Is::compare},  Keyword{"<", Is::compare},  Keyword{">", Is::compare},
    Keyword{"!", Is::negation}, Keyword{"\"", Is::quote},   Keyword{"'", Is::quote},
    Keyword{"(", Is::mark},     Keyword{")", Is::mark},     Keyword{"{", Is::mark},
    Keyword{"}", Is::mark},     Keyword{",", Is::mark},     Keyword{":", Is::mark},
    Keyword{".", Is::mark}};

// How httpd's messages call a token.
std::string called(const Token& token) {
  switch (token.is) {
    case Is::end:
      return "$end";
    case Is::yes_no:
      return token.text == "true" ? "T_TRUE" : "T_FALSE";
    case Is::negation:
      return "T_OP_NOT";
    case Is::both:
      return "T_OP_AND";
    case Is::either:
      return "T_OP_OR";
    case Is::compare:
      return "a comparison";
    case Is::in:
      return "T_OP_IN";
    case Is::matches:
      return "T_OP_REG";
    case Is::unary:
      return "T_OP_UNARY";
    case Is::binary:
      return "T_OP_BINARY";
    case Is::digits:
      return "T_DIGIT";
    case Is::id:
      return "T_ID";
    case Is::quote:
      return "T_STR_BEGIN";
    case Is::variable:
      return "T_VAR_BEGIN";
    case Is::backref:
      return "T_REGEX_BACKREF";
    case Is::regex:
      return "T_REGEX";
    case Is::mark:
      return token.text == "." ? "T_OP_CONCAT" : "'" + std::string(token.text) + "'";
    case Is::error:
      break;
  }
  return "T_ERROR";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Expression condition() {
    advance();
    if (any_of(0) && token_.is != Is::end) unexpected();
    return std::move(out_);
  }

  Expression string() {
    (void)string_until('\0', 0);
    return std::move(out_);
  }

 private:
  bool fail(std::string problem) {
    if (out_.problem.empty() && !too_deep_) out_.problem = std::move(problem);
    return false;
  }
  bool unexpected() {
    if (token_.is == Is::error) return fail(error_);
    return fail("syntax error, unexpected " + called(token_));
  }
  bool deep(int depth) {
    too_deep_ = too_deep_ || depth >= kMaxDepth;
    return too_deep_;
  }
  [[nodiscard]] bool is_mark(char c) const { return token_.is == Is::mark && token_.text[0] == c; }
  bool take_mark(char c) {
    if (!is_mark(c)) return unexpected();
    advance();
    return true;
  }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void advance() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n')) ++at_;
    const auto begin = at_;
    if (at_ >= text_.size()) {
      token_ = {Is::end, {}};
      return;
    }
    const Is is = scan();
    token_ = {is, text_.substr(begin, at_ - begin)};
  }

  Is scan() {
    const char c = peek();
    const bool minus_digit = c == '-' && is_digit(peek(1));
    if (is_digit(c) || minus_digit) {
      ++at_;
      while (is_digit(peek())) ++at_;
      return Is::digits;
    }
    if (c == 'm' && !is_name(peek(1)) && at_ + 1 < text_.size() &&
        std::string_view("/#$%^,;:?|-!.'\"").find(peek(1)) != std::string_view::npos)
      return regex(2);
    if (c == 'm' && peek(1) == '_') return regex(2);
    if (is_letter(c)) return word();
    if (c == '-' && (is_letter(peek(1)) || peek(1) == '_')) return dashed();
    if (c == '/') return regex(1);
    if (c == '$' && is_digit(peek(1))) {
      at_ += 2;
      return Is::backref;
    }
    for (const auto& sign : kSigns) {
      if (!text_.substr(at_).starts_with(sign.text)) continue;
      at_ += sign.text.size();
      return sign.is;
    }
    error_ = "Parse error near '" + std::string(1, c) + "'";
    at_ = text_.size();
    return Is::error;
  }

  template <class Keywords>
  static Is keyword(const Keywords& keywords, std::string_view name, Is otherwise) {
    const auto it = std::ranges::find(keywords, name, &Keyword::text);
    return it == keywords.end() ? otherwise : it->is;
  }

  Is word() {
    const auto begin = at_;
    while (is_name(peek())) ++at_;
    return keyword(kWords, text_.substr(begin, at_ - begin), Is::id);
  }

  Is dashed() {
    const auto begin = ++at_;
    while (is_name(peek())) ++at_;
    const auto name = text_.substr(begin, at_ - begin);
    if (name.size() == 1) return Is::unary;
    return keyword(kDashed, name, Is::binary);
  }

  Is regex(std::size_t opening) {
    const char delimiter = peek(opening - 1);
    const auto end = text_.find(delimiter, at_ + opening);
    if (end == std::string_view::npos) {
      at_ = text_.size();
      return Is::end;
    }
    regex_ = text_.substr(at_ + opening, end - at_ - opening);
    at_ = end + 1;
    caseless_ = peek() == 'i';
    if (caseless_) ++at_;
    return Is::regex;
  }

  // a || b && c: the order of precedence does not matter for what is accepted.
  bool any_of(int depth) {
    while (true) {
      if (!one(depth)) return false;
      if (token_.is != Is::both && token_.is != Is::either) return true;
      advance();
    }
  }

  bool one(int depth) {
    if (deep(depth)) return false;
    while (token_.is == Is::negation) advance();
    if (token_.is == Is::yes_no) {
      advance();
      return true;
    }
    if (is_mark('(')) {
      advance();
      return any_of(depth + 1) && take_mark(')');
    }
    if (token_.is == Is::unary) {
      out_.names.push_back({Kind::unary_operator, std::string(token_.text.substr(1))});
      advance();
      return value(depth);
    }
    return value(depth) && comparison(depth);
  }

  bool comparison(int depth) {
    switch (token_.is) {
      case Is::binary:
        out_.names.push_back({Kind::binary_operator, std::string(token_.text.substr(1))});
        [[fallthrough]];
      case Is::compare:
        advance();
        return value(depth);
      case Is::in:
        advance();
        return list(depth);
      case Is::matches:
        advance();
        if (token_.is != Is::regex) return unexpected();
        if (!text::Regex(regex_, text::Regex::kHttpd | (caseless_ ? text::Regex::kCaseless : 0U))
                 .compiled())
          return fail("Failed to compile regular expression");
        advance();
        return true;
      default:
        return unexpected();
    }
  }

  bool list(int depth) {
    if (token_.is == Is::id) return call(Kind::list_function, depth);
    if (!take_mark('{')) return false;
    while (true) {
      if (!value(depth)) return false;
      if (is_mark('}')) break;
      if (!take_mark(',')) return false;
    }
    advance();
    return true;
  }

  bool call(Kind kind, int depth) {
    out_.names.push_back({kind, std::string(token_.text)});
    advance();
    return take_mark('(') && value(depth + 1) && take_mark(')');
  }

  // A word of the grammar: parts joined by dots.
  bool value(int depth) {
    if (deep(depth)) return false;
    while (true) {
      if (!part(depth)) return false;
      if (!is_mark('.')) return true;
      advance();
    }
  }

  bool part(int depth) {
    switch (token_.is) {
      case Is::digits:
      case Is::backref:
        advance();
        return true;
      case Is::id:
        return call(Kind::function, depth);
      case Is::variable:
        if (!variable(depth)) return false;
        advance();
        return true;
      case Is::quote:
        if (!string_until(token_.text[0], depth)) return false;
        advance();
        return true;
      default:
        return unexpected();
    }
  }

  // Behind "%{": a name, or a function's name with its argument.
  bool variable(int depth) {
    if (deep(depth)) return false;
    const auto begin = at_;
    if (is_letter(peek()))
      while (is_name(peek())) ++at_;
    const auto name = std::string(text_.substr(begin, at_ - begin));
    if (at_ >= text_.size() || peek() == '\n') return fail("Unterminated string or variable");
    if (peek() == '"' || peek() == '\'' || (peek() != '}' && peek() != ':'))
      return fail("Invalid character in variable name '" + std::string(1, peek()) + "'");
    if (name.empty())
      return fail(peek() == '}' ? "syntax error, unexpected T_VAR_END, expecting T_ID"
                                : "syntax error, unexpected ':', expecting T_ID");
    const bool function = peek() == ':';
    out_.names.push_back({function ? Kind::function : Kind::variable, name});
    ++at_;
    return !function || string_until('}', depth + 1);
  }

  // "\101" is a byte, another number is none.
  bool escape() {
    std::size_t digits = 0;
    bool octal = true;
    while (is_digit(peek(1 + digits))) octal = peek(1 + digits++) < '8' && octal;
    at_ += digits == 0 ? 2 : 1 + digits;
    if (digits == 0 || (octal && digits <= 3)) return true;
    return fail("Bad escape sequence");
  }

  // Up to the delimiter, behind it; with none to the end of the text.
  bool string_until(char delimiter, int depth) {
    bool anything = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (delimiter != '\0' && c == delimiter) {
        ++at_;
        if (delimiter == '}' && !anything) return fail("syntax error, unexpected T_VAR_END");
        return true;
      }
      if (c == '\n') return fail("Unterminated string or variable");
      anything = true;
      if (c == '\\') {
        if (!escape()) return false;
      } else if (c == '%' && peek(1) == '{') {
        at_ += 2;
        if (!variable(depth + 1)) return false;
      } else {
        ++at_;
      }
    }
    return delimiter == '\0' || fail("Unterminated string or variable");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
  std::string error_;
  std::string_view regex_;
  bool caseless_ = false;
  bool too_deep_ = false;
  Expression out_;
};

}  // namespace

Expression parse_expression(std::string_view text, bool string) {
  return string ? Parser(text).string() : Parser(text).condition();
}

}  // namespace stackaudit::syntax::apache

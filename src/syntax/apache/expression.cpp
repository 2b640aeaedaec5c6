// The grammar is that of server/util_expr_parse.y: a word is read whenever no keyword fits, so that
// one token of looking ahead is enough. Strings are read by the parser itself, as they nest.
#include "syntax/apache/expression.hpp"

#include "syntax/apache/expression_tokens.hpp"
#include "syntax/syntax.hpp"
#include "text/regex.hpp"

#include <string>
#include <utility>

namespace stackaudit::syntax::apache {
namespace {

using Kind = ExpressionName::Kind;

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  Expression condition() {
    tokens_.advance();
    if (any_of(0) && token().is != Is::end) unexpected();
    return std::move(out_);
  }

  Expression string() {
    (void)string_until('\0', 0);
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Token& token() const { return tokens_.token(); }
  bool fail(std::string problem) {
    if (out_.problem.empty() && !too_deep_) out_.problem = std::move(problem);
    return false;
  }
  bool unexpected() {
    if (token().is == Is::error) return fail(tokens_.error());
    return fail("syntax error, unexpected " + called(token()));
  }
  bool deep(int depth) {
    too_deep_ = too_deep_ || depth >= kMaxDepth;
    return too_deep_;
  }
  [[nodiscard]] bool is_mark(char c) const {
    return token().is == Is::mark && token().text[0] == c;
  }
  bool take_mark(char c) {
    if (!is_mark(c)) return unexpected();
    tokens_.advance();
    return true;
  }

  // a || b && c: the order of precedence does not matter for what is accepted.
  bool any_of(int depth) {
    while (true) {
      if (!one(depth)) return false;
      if (token().is != Is::both && token().is != Is::either) return true;
      tokens_.advance();
    }
  }

  bool one(int depth) {
    if (deep(depth)) return false;
    while (token().is == Is::negation) tokens_.advance();
    if (token().is == Is::yes_no) {
      tokens_.advance();
      return true;
    }
    if (is_mark('(')) {
      tokens_.advance();
      return any_of(depth + 1) && take_mark(')');
    }
    if (token().is == Is::unary) {
      out_.names.push_back({Kind::unary_operator, std::string(token().text.substr(1))});
      tokens_.advance();
      return value(depth);
    }
    return value(depth) && comparison(depth);
  }

  bool comparison(int depth) {
    switch (token().is) {
      case Is::binary:
        out_.names.push_back({Kind::binary_operator, std::string(token().text.substr(1))});
        [[fallthrough]];
      case Is::compare:
        tokens_.advance();
        return value(depth);
      case Is::in:
        tokens_.advance();
        return list(depth);
      case Is::matches:
        tokens_.advance();
        if (token().is != Is::regex) return unexpected();
        if (!text::Regex(tokens_.regex(),
                         text::Regex::kHttpd | (tokens_.caseless() ? text::Regex::kCaseless : 0U))
                 .compiled())
          return fail("Failed to compile regular expression");
        tokens_.advance();
        return true;
      default:
        return unexpected();
    }
  }

  bool list(int depth) {
    if (token().is == Is::id) return call(Kind::list_function, depth);
    if (!take_mark('{')) return false;
    while (true) {
      if (!value(depth)) return false;
      if (is_mark('}')) break;
      if (!take_mark(',')) return false;
    }
    tokens_.advance();
    return true;
  }

  bool call(Kind kind, int depth) {
    out_.names.push_back({kind, std::string(token().text)});
    tokens_.advance();
    return take_mark('(') && value(depth + 1) && take_mark(')');
  }

  // A word of the grammar: parts joined by dots.
  bool value(int depth) {
    if (deep(depth)) return false;
    while (true) {
      if (!part(depth)) return false;
      if (!is_mark('.')) return true;
      tokens_.advance();
    }
  }

  bool part(int depth) {
    switch (token().is) {
      case Is::digits:
      case Is::backref:
        tokens_.advance();
        return true;
      case Is::id:
        return call(Kind::function, depth);
      case Is::variable:
        if (!variable(depth)) return false;
        tokens_.advance();
        return true;
      case Is::quote:
        if (!string_until(token().text[0], depth)) return false;
        tokens_.advance();
        return true;
      default:
        return unexpected();
    }
  }

  // Behind "%{": a name, or a function's name with its argument.
  bool variable(int depth) {
    if (deep(depth)) return false;
    const auto name = std::string(tokens_.take_name());
    if (tokens_.at_end() || tokens_.peek() == '\n') return fail("Unterminated string or variable");
    if (tokens_.peek() == '"' || tokens_.peek() == '\'' ||
        (tokens_.peek() != '}' && tokens_.peek() != ':'))
      return fail("Invalid character in variable name '" + std::string(1, tokens_.peek()) + "'");
    if (name.empty())
      return fail(tokens_.peek() == '}' ? "syntax error, unexpected T_VAR_END, expecting T_ID"
                                        : "syntax error, unexpected ':', expecting T_ID");
    const bool function = tokens_.peek() == ':';
    out_.names.push_back({function ? Kind::function : Kind::variable, name});
    tokens_.skip(1);
    return !function || string_until('}', depth + 1);
  }

  // "\101" is a byte, another number is none.
  bool escape() {
    std::size_t digits = 0;
    bool octal = true;
    while (is_digit(tokens_.peek(1 + digits))) octal = tokens_.peek(1 + digits++) < '8' && octal;
    tokens_.skip(digits == 0 ? 2 : 1 + digits);
    if (digits == 0 || (octal && digits <= 3)) return true;
    return fail("Bad escape sequence");
  }

  // Up to the delimiter, behind it; with none to the end of the text.
  bool string_until(char delimiter, int depth) {
    bool anything = false;
    while (!tokens_.at_end()) {
      const char c = tokens_.peek();
      if (delimiter != '\0' && c == delimiter) {
        tokens_.skip(1);
        if (delimiter == '}' && !anything) return fail("syntax error, unexpected T_VAR_END");
        return true;
      }
      if (c == '\n') return fail("Unterminated string or variable");
      anything = true;
      if (c == '\\') {
        if (!escape()) return false;
      } else if (c == '%' && tokens_.peek(1) == '{') {
        tokens_.skip(2);
        if (!variable(depth + 1)) return false;
      } else {
        tokens_.skip(1);
      }
    }
    return delimiter == '\0' || fail("Unterminated string or variable");
  }

  TokenReader tokens_;
  bool too_deep_ = false;
  Expression out_;
};

}  // namespace

Expression parse_expression(std::string_view text, bool string) {
  return string ? Parser(text).string() : Parser(text).condition();
}

}  // namespace stackaudit::syntax::apache

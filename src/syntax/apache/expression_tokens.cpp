// A word is read whenever no keyword fits, as server/util_expr_scan.l does.
#include "syntax/apache/expression_tokens.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::apache {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}

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

template <class Keywords>
Is keyword(const Keywords& keywords, std::string_view name, Is otherwise) {
  const auto it = std::ranges::find(keywords, name, &Keyword::text);
  return it == keywords.end() ? otherwise : it->is;
}

}  // namespace

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

void TokenReader::advance() {
  while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n')) ++at_;
  const auto begin = at_;
  if (at_ >= text_.size()) {
    token_ = {Is::end, {}};
    return;
  }
  const Is is = scan();
  token_ = {is, text_.substr(begin, at_ - begin)};
}

Is TokenReader::scan() {
  const char c = peek();
  const bool minus_digit = c == '-' && is_digit(peek(1));
  if (is_digit(c) || minus_digit) {
    ++at_;
    while (is_digit(peek())) ++at_;
    return Is::digits;
  }
  if (c == 'm' && !is_name(peek(1)) && at_ + 1 < text_.size() &&
      std::string_view("/#$%^,;:?|-!.'\"").find(peek(1)) != std::string_view::npos)
    return read_regex(2);
  if (c == 'm' && peek(1) == '_') return read_regex(2);
  if (is_letter(c)) return word();
  if (c == '-' && (is_letter(peek(1)) || peek(1) == '_')) return dashed();
  if (c == '/') return read_regex(1);
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

Is TokenReader::word() {
  const auto begin = at_;
  while (is_name(peek())) ++at_;
  return keyword(kWords, text_.substr(begin, at_ - begin), Is::id);
}

Is TokenReader::dashed() {
  const auto begin = ++at_;
  while (is_name(peek())) ++at_;
  const auto name = text_.substr(begin, at_ - begin);
  if (name.size() == 1) return Is::unary;
  return keyword(kDashed, name, Is::binary);
}

Is TokenReader::read_regex(std::size_t opening) {
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

std::string_view TokenReader::take_name() {
  const auto begin = at_;
  if (is_letter(peek()))
    while (is_name(peek())) ++at_;
  return text_.substr(begin, at_ - begin);
}

}  // namespace stackaudit::syntax::apache

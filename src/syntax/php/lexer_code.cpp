// The scanner's main state: words, numbers, casts, operators, comments.
#include "syntax/php/scanner.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace stackaudit::syntax::php {

using namespace chars;

namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 32) : a) == b;
         });
}

struct Operator {
  std::string_view text;
  Kind kind;
};

// Those of one first character stand together, longest first among those that begin alike.
constexpr std::array kOperators = std::to_array<Operator>({
    {"<<=", kSlEqual},
    {"<=>", kSpaceship},
    {"<<", kSl},
    {"<=", kIsSmallerOrEqual},
    {"<>", kIsNotEqual},
    {">>=", kSrEqual},
    {">>", kSr},
    {">=", kIsGreaterOrEqual},
    {"===", kIsIdentical},
    {"==", kIsEqual},
    {"=>", kDoubleArrow},
    {"!==", kIsNotIdentical},
    {"!=", kIsNotEqual},
    {"...", kEllipsis},
    {".=", kConcatEqual},
    {"**=", kPowEqual},
    {"**", kPow},
    {"*=", kMulEqual},
    {"\?\?=", kCoalesceEqual},
    {"\?\?", kCoalesce},
    {"++", kInc},
    {"+=", kPlusEqual},
    {"--", kDec},
    {"-=", kMinusEqual},
    {"/=", kDivEqual},
    {"%=", kModEqual},
    {"&&", kBooleanAnd},
    {"&=", kAndEqual},
    {"||", kBooleanOr},
    {"|=", kOrEqual},
    {"^=", kXorEqual},
    {"::", kDoubleColon},
});

// Where in kOperators those that begin with a character stand.
struct Range {
  std::uint8_t begin = 0, end = 0;
};
constexpr auto kByFirst = [] {
  std::array<Range, 256> ranges{};
  for (std::size_t i = 0; i < kOperators.size(); ++i) {
    auto& range = ranges[static_cast<unsigned char>(kOperators[i].text[0])];
    if (range.end == 0) range.begin = static_cast<std::uint8_t>(i);
    range.end = static_cast<std::uint8_t>(i + 1);
  }
  return ranges;
}();

// Characters that are tokens of their own.
constexpr auto kSingle = [] {
  std::array<bool, 256> single{};
  for (const char c : std::string_view(";:,.|^&+-/*=%!~$<>?@[](){}`\""))
    single[static_cast<unsigned char>(c)] = true;
  return single;
}();

constexpr std::array kCasts = std::to_array<Operator>({
    {"int", kIntCast},
    {"integer", kIntCast},
    {"double", kDoubleCast},
    {"float", kDoubleCast},
    {"real", kDoubleCast},
    {"string", kStringCast},
    {"binary", kStringCast},
    {"array", kArrayCast},
    {"object", kObjectCast},
    {"bool", kBoolCast},
    {"boolean", kBoolCast},
    {"unset", kUnsetCast},
});

}  // namespace

void Scanner::code() {
  const char c = text_[pos_];
  if (is(c, kSpace)) return space();
  if (starts_label(c)) return word();
  if (is(c, kDigit) || (c == '.' && is(at(pos_ + 1), kDigit))) return number();
  switch (c) {
    case '$':
      if (starts_label(at(pos_ + 1))) return emit(kVariable, label_end(pos_ + 1));
      break;
    case '\'':
      return single_quoted(pos_);
    case '"':
      return double_quoted(pos_);
    case '#':
    case '/':
      if (comment()) return;
      break;
    case '\\':
      if (qualified_name()) return;
      break;
    case '(':
      if (cast()) return;
      break;
    case '<':
      if (starts(pos_, "<<<") && heredoc_start(pos_)) return;
      break;
    default:
      break;
  }
  operators();
}

void Scanner::space() {
  const auto end = space_end(pos_);
  if (options_.keep_trivia) return emit(kWhitespace, end);
  pos_ = end;
}

bool Scanner::comment() {
  if (starts(pos_, "/*")) {
    const bool doc = at(pos_ + 2) == '*' && is(at(pos_ + 3), kSpace);
    const auto end = block_comment_end(pos_);
    // The parser is told of a comment without end, which no other token would show.
    const bool endless = end < pos_ + 4 || !text_.substr(0, end).ends_with("*/");
    if (endless && !options_.keep_trivia)
      tokens_.push_back(
          {static_cast<std::uint32_t>(pos_), static_cast<std::uint32_t>(end), kComment});
    emit(doc ? kDocComment : kComment, end);
    return true;
  }
  if (starts(pos_, "//") || (at(pos_) == '#' && at(pos_ + 1) != '[')) {
    emit(kComment, line_comment_end(pos_));
    return true;
  }
  if (at(pos_) == '#') {
    emit(kAttribute, pos_ + 2);
    return true;
  }
  return false;
}

bool Scanner::qualified_name() {
  auto end = pos_;
  while (at(end) == '\\' && starts_label(at(end + 1))) end = label_end(end + 1);
  emit(end == pos_ ? kNsSeparator : kNameFullyQualified, end == pos_ ? pos_ + 1 : end);
  return true;
}

void Scanner::word() {
  const auto end = label_end(pos_);
  const auto word = text_.substr(pos_, end - pos_);
  if (at(end) == '\\' && starts_label(at(end + 1))) {
    auto stop = end;
    while (at(stop) == '\\' && starts_label(at(stop + 1))) stop = label_end(stop + 1);
    return emit(equals_ignoring_case(word, "namespace") ? kNameRelative : kNameQualified, stop);
  }
  if ((word == "b" || word == "B") && (at(end) == '\'' || at(end) == '"' || starts(end, "<<<"))) {
    if (at(end) == '\'') return single_quoted(end);
    if (at(end) == '"') return double_quoted(end);
    if (heredoc_start(end)) return;
  }
  if (special_word(word, end)) return;
  emit(keyword(word), end);
}

// The words whose meaning depends on what follows.
bool Scanner::special_word(std::string_view word, std::size_t end) {
  if (equals_ignoring_case(word, "yield")) {
    const auto next = space_end(end);
    const auto next_end = label_end(next);
    if (next == end || !equals_ignoring_case(text_.substr(next, next_end - next), "from"))
      return false;
    emit(kYieldFrom, next_end);
    return true;
  }
  if (equals_ignoring_case(word, "enum")) {
    const auto next = space_end(end);
    const auto following = text_.substr(next, label_end(next) - next);
    const bool declares = next != end && starts_label(at(next)) &&
                          !equals_ignoring_case(following, "extends") &&
                          !equals_ignoring_case(following, "implements");
    emit(declares ? kEnum : kString, end);
    return true;
  }
  return false;
}

std::size_t Scanner::digits_end(std::size_t i, int base) const {
  const auto is_digit = [&](char c) {
    if (base == 16) return is(c, kDigit) || ((c | 32) >= 'a' && (c | 32) <= 'f');
    return c >= '0' && c < '0' + base;
  };
  if (!is_digit(at(i))) return i;
  while (is_digit(at(i)) || (at(i) == '_' && is_digit(at(i + 1)) && is_digit(at(i - 1)))) ++i;
  return i;
}

void Scanner::number() {
  const auto fits = [&](std::size_t begin, std::size_t end, unsigned base) {
    std::uint64_t value = 0;
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (auto i = begin; i < end; ++i) {
      if (text_[i] == '_') continue;
      const auto c = static_cast<unsigned>(text_[i]);
      const auto digit = is(text_[i], kDigit) ? c - '0' : (c | 32U) - 'a' + 10;
      if (value > (kMost - digit) / base) return false;
      value = value * base + digit;
    }
    return true;
  };
  constexpr struct {
    char letter;
    int base;
  } kPrefixes[] = {{'x', 16}, {'b', 2}, {'o', 8}};
  for (const auto& prefix : kPrefixes) {
    if (at(pos_) != '0' || (at(pos_ + 1) | 32) != prefix.letter) continue;
    const auto end = digits_end(pos_ + 2, prefix.base);
    if (end == pos_ + 2) break;
    const bool integer = fits(pos_ + 2, end, static_cast<unsigned>(prefix.base));
    return emit(integer ? kLnumber : kDnumber, end);
  }
  auto end = digits_end(pos_, 10);
  bool integer = true;
  if (at(end) == '.') {
    integer = false;
    end = digits_end(end + 1, 10);
  }
  if ((at(end) | 32) == 'e') {
    const auto sign = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
    if (const auto exponent = digits_end(sign, 10); exponent != sign) {
      integer = false;
      end = exponent;
    }
  }
  const bool octal = at(pos_) == '0';
  emit(integer && fits(pos_, end, octal ? 8 : 10) ? kLnumber : kDnumber, end);
}

bool Scanner::cast() {
  const auto skip = [&](std::size_t i) {
    while (at(i) == ' ' || at(i) == '\t') ++i;
    return i;
  };
  const auto begin = skip(pos_ + 1);
  const auto end = label_end(begin);
  if (end == begin || end - begin > 7) return false;
  const auto close = skip(end);
  if (at(close) != ')') return false;
  const auto word = text_.substr(begin, end - begin);
  const auto found = std::ranges::find_if(
      kCasts, [&](const Operator& known) { return equals_ignoring_case(word, known.text); });
  if (found == kCasts.end()) return false;
  emit(found->kind, close + 1);
  return true;
}

void Scanner::operators() {
  const char c = text_[pos_];
  const auto index = static_cast<unsigned char>(c);
  const char second = at(pos_ + 1);
  if (c == '?' && second == '>') {
    state_ = State::html;
    return emit(kCloseTag, newline_end(pos_ + 2));
  }
  if ((c == '-' && second == '>') || (c == '?' && starts(pos_, "?->"))) {
    push(State::property);
    return emit(c == '-' ? kObjectOperator : kNullsafeObjectOperator, pos_ + (c == '-' ? 2U : 3U));
  }
  for (auto i = kByFirst[index].begin; i < kByFirst[index].end; ++i) {
    const auto& known = kOperators[i];
    if (known.text[1] == second && (known.text.size() == 2 || at(pos_ + 2) == known.text[2]))
      return emit(known.kind, pos_ + known.text.size());
  }
  if (c == '&') {
    const auto next = space_end(pos_ + 1);
    const bool variable = at(next) == '$' || starts(next, "...");
    return emit(variable ? kAmpersandFollowedByVarOrVararg : kAmpersandNotFollowedByVarOrVararg,
                pos_ + 1);
  }
  if (c == '{') push(State::code);
  if (c == '}') pop();
  if (c == '`') push(State::backquote);
  emit(kSingle[index] ? static_cast<Kind>(index) : kBadCharacter, pos_ + 1);
}

}  // namespace stackaudit::syntax::php

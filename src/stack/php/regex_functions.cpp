// preg_match() and preg_replace() with one pattern, on what is known.
#include "stack/php/functions.hpp"
#include "text/regex.hpp"

#include <algorithm>
#include <cctype>

namespace stackaudit::stack::php {
namespace {

struct Pattern {
  std::string expression;
  unsigned flags = text::Regex::kPlain;
};

// "/^a/i" and "{^a}i"; nullopt where a modifier asks for more than is done here.
std::optional<Pattern> pattern_of(std::string_view written) {
  if (written.size() < 2) return std::nullopt;
  constexpr std::string_view kOpening = "([{<", kClosing = ")]}>";
  const auto pair = kOpening.find(written[0]);
  const auto end = written.rfind(pair == std::string_view::npos ? written[0] : kClosing[pair]);
  if (end == 0 || end == std::string_view::npos) return std::nullopt;
  Pattern pattern{std::string(written.substr(1, end - 1))};
  for (const char modifier : written.substr(end + 1)) {
    if (modifier == 'i')
      pattern.flags |= text::Regex::kCaseless;
    else if (modifier == 's')
      pattern.flags |= text::Regex::kDotAll;
    else if (modifier == 'D')
      pattern.flags |= text::Regex::kDollarEndOnly;
    else if (modifier != 'u')
      return std::nullopt;
  }
  return pattern;
}

bool is_ascii(std::string_view words) {
  return std::ranges::all_of(words, [](unsigned char c) { return c < 128; });
}

// The pattern that is given first, where it is known.
std::optional<Pattern> given_pattern(const Call& call) {
  const auto written = call.argument(0);
  auto pattern = written.single() == nullptr ? std::nullopt : pattern_of(*written.single());
  return pattern && is_ascii(pattern->expression) ? pattern : std::nullopt;
}

// "1" or "0".
Value preg_match(const Call& call) {
  if (call.arguments.size() != 2) return Value::unknown();
  const auto subject = call.argument(1);
  if (subject.single() == nullptr || !is_ascii(*subject.single())) return Value::unknown();
  const auto pattern = given_pattern(call);
  if (!pattern) return Value::unknown();
  const auto fits = text::Regex(pattern->expression, pattern->flags).matches(*subject.single());
  return fits ? Value::text(*fits ? "1" : "0") : Value::unknown();
}

Value preg_replace(const Call& call) {
  if (call.arguments.size() != 3) return Value::unknown();
  const auto by = call.argument(1);
  const auto pattern = by.single() == nullptr ? std::nullopt : given_pattern(call);
  if (!pattern) return Value::unknown();
  const auto subject = call.argument(2);
  if (!subject.known()) return Value::unknown();
  const text::Regex regex(pattern->expression, pattern->flags);
  return map(subject, [&](Text text) {
    if (!text.known() || !is_ascii(text.value)) return rewritten(text, {kHole});
    auto changed = regex.replaced(text.value, *by.single());
    if (!changed) return rewritten(text, {kHole});
    return *changed == text.value ? text : rewritten(text, *std::move(changed));
  });
}

}  // namespace

std::optional<Value> regex_function(const Call& call, std::string_view name) {
  if (name == "preg_match") return preg_match(call);
  if (name == "preg_replace") return preg_replace(call);
  return std::nullopt;
}

}  // namespace stackaudit::stack::php

// PHP's functions that make texts of texts.
#include "stack/php/functions.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace stackaudit::stack::php {
namespace {

// The arguments of sprintf() by their number, from 1.
template <class Argument>
Value formatted(const Value& format, const Argument& argument) {
  if (format.single() == nullptr) return Value::unknown();
  const auto& text = *format.single();
  auto result = Value::text({});
  std::string literal;
  std::size_t next = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      literal += text[i];
      continue;
    }
    std::size_t number = 0;
    const auto* begin = text.data() + i + 1;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
    const bool numbered = error == std::errc{} && number > 0 && *end == '$';
    if (numbered) i += static_cast<std::size_t>(end - begin) + 1;
    const char kind = i + 1 < text.size() ? text[++i] : '\0';
    if (kind == '%') {
      literal += '%';
    } else if (kind == 's' || kind == 'd') {
      result = concat(concat(result, Value::text(literal)), argument(numbered ? number : next++));
      literal.clear();
    } else {
      return Value::unknown();
    }
  }
  return concat(result, Value::text(literal));
}

Value sprintf(const Call& call) {
  return formatted(call.argument(0), [&](std::size_t n) { return call.argument(n); });
}

Value vsprintf(const Call& call) {
  const auto list = call.argument(1);
  if (!list.is_array) return Value::unknown();
  return formatted(call.argument(0), [&](std::size_t n) {
    return n <= list.items.size() ? list.items[n - 1].value : Value::unknown();
  });
}

// Each place where the one word stands, from the left.
Text with_word(const Text& text, const std::string& from, const std::string& to) {
  std::string out;
  std::size_t at = 0;
  for (auto hit = text.value.find(from); hit != std::string::npos;
       hit = text.value.find(from, at)) {
    out.append(text.value, at, hit - at).append(to);
    at = hit + from.size();
  }
  return at == 0 ? text : respelled(text, out.append(text.value, at));
}

// Of lists each word in turn; by nothing where the second list is shorter.
Value str_replace(const Call& call) {
  const auto from = call.argument(0), to = call.argument(1);
  const auto count = from.is_array ? from.items.size() : 1;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const auto old = from.is_array ? from.items[i].value : from;
    const auto fresh = !to.is_array          ? to
                       : i < to.items.size() ? to.items[i].value
                                             : Value::text({});
    if (old.single() == nullptr || old.single()->empty() || fresh.single() == nullptr ||
        (to.is_array && !from.is_array))
      return Value::unknown();
    pairs.emplace_back(*old.single(), *fresh.single());
  }
  return map(call.argument(2), [&](Text text) {
    if (!text.known()) return rewritten(text, {kHole});
    for (const auto& [old, fresh] : pairs) text = with_word(text, old, fresh);
    return text;
  });
}

Value strtolower(const Call& call) {
  return map(call.argument(0), [](Text text) {
    auto changed = lower(text.value);
    return changed == text.value ? text : rewritten(text, changed);
  });
}

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// With the first byte, or all of them, changed as the C library would in the locale "C".
template <bool kAll, int (*kChange)(int)>
Value letters(const Call& call) {
  return map(call.argument(0), [](Text text) {
    auto changed = text.value;
    const auto count = std::min(kAll ? changed.size() : std::size_t{1}, changed.size());
    for (std::size_t i = 0; i < count; ++i)
      if (static_cast<unsigned char>(changed[i]) < 128)
        changed[i] = static_cast<char>(kChange(static_cast<unsigned char>(changed[i])));
    return changed == text.value ? text : rewritten(text, changed);
  });
}

// substr($path, 0, strrpos($path, '/')): each text up to its own last slash, '' where it has none.
std::optional<Value> up_to_word(const Call& call) {
  const auto& unit = *call.scope.unit;
  const auto& ast = unit.parsed.ast;
  if (call.arguments.size() != 3 || ast[call.arguments[2]].kind != syntax::php::NodeKind::call ||
      call.number(1) != 0)
    return std::nullopt;
  const auto inner = call.arguments[2];
  const auto name = lower(call.evaluator.source(unit, ast[inner].first));
  const bool last = name == "strrpos";
  const auto given = call.evaluator.arguments(unit, inner);
  if ((!last && name != "strpos") || given.size() != 2 ||
      call.evaluator.source(unit, given[0]) != call.evaluator.source(unit, call.arguments[0]))
    return std::nullopt;
  const auto word = call.evaluator.value(call.scope, given[1]);
  if (word.single() == nullptr || word.single()->empty()) return std::nullopt;
  return map(call.argument(0), [&](Text text) {
    if (!text.known()) return rewritten(text, {kHole});
    const auto at = last ? text.value.rfind(*word.single()) : text.value.find(*word.single());
    return cut(std::move(text), at == std::string::npos ? 0 : at);
  });
}

// Of texts that are known: by position, from the end where it is negative.
Value substr(const Call& call) {
  if (auto cut_off = up_to_word(call)) return *std::move(cut_off);
  const auto begin = call.number(1), length = call.number(2);
  if (!begin || (call.arguments.size() > 2 && !length)) return Value::unknown();
  return map(call.argument(0), [&](Text text) {
    if (!text.known()) return rewritten(text, {kHole});
    const auto size = static_cast<long>(text.value.size());
    const auto from = std::clamp(*begin < 0 ? size + *begin : *begin, 0L, size);
    const auto asked = length.value_or(size);
    const auto to = std::clamp(asked < 0 ? size + asked : from + asked, from, size);
    if (from == 0) return cut(std::move(text), static_cast<std::size_t>(to));
    return rewritten(text, text.value.substr(static_cast<std::size_t>(from),
                                             static_cast<std::size_t>(to - from)));
  });
}

// Word by word: at each place the longest that is there.
Text replaced(const Text& text, const std::vector<Item>& pairs) {
  std::string out;
  for (std::size_t at = 0; at < text.value.size();) {
    const Item* longest = nullptr;
    for (const auto& pair : pairs)
      if (!pair.key.empty() && text.value.compare(at, pair.key.size(), pair.key) == 0 &&
          (longest == nullptr || pair.key.size() > longest->key.size()))
        longest = &pair;
    out += longest == nullptr ? text.value.substr(at, 1) : *longest->value.single();
    at += longest == nullptr ? 1 : longest->key.size();
  }
  return out == text.value ? text : rewritten(text, std::move(out));
}

Value strtr(const Call& call) {
  if (const auto pairs = call.argument(1); pairs.is_array) {
    const bool known = std::ranges::all_of(pairs.items, [](const Item& pair) {
      return pair.value.single() != nullptr && pair.key.find(kHole) == std::string::npos;
    });
    return map(call.argument(0), [&](Text text) {
      return known && text.known() ? replaced(text, pairs.items) : rewritten(text, {kHole});
    });
  }
  const auto from = call.argument(1), to = call.argument(2);
  if (from.single() == nullptr || to.single() == nullptr) return Value::unknown();
  return map(call.argument(0), [&](Text text) {
    if (!text.known()) return rewritten(text, {kHole});
    auto changed = text.value;
    for (auto& letter : changed)
      if (const auto at = from.single()->rfind(letter); at < to.single()->size())
        letter = (*to.single())[at];
    return changed == text.value ? text : rewritten(text, changed);
  });
}

Value strlen(const Call& call) {
  const auto text = call.argument(0);
  return text.single() == nullptr ? Value::unknown()
                                  : Value::text(std::to_string(text.single()->size()));
}

// What two known texts make; PHP's false is empty.
template <class Compare>
Value of_two(const Call& call, const Compare& compare) {
  const auto a = call.argument(0), b = call.argument(1);
  if (a.single() == nullptr || b.single() == nullptr) return Value::unknown();
  return Value::text(compare(*a.single(), *b.single()));
}

template <bool kLetters, bool kLast>
Value position(const Call& call) {
  if (call.arguments.size() > 2) return Value::unknown();
  return of_two(call, [](std::string text, std::string word) {
    if (!kLetters) {
      text = lower(text);
      word = lower(word);
    }
    const auto at = kLast ? text.rfind(word) : text.find(word);
    return at == std::string::npos ? std::string{} : std::to_string(at);
  });
}

// What begins where the word is found: strstr(), and strrchr() with the word's last place.
template <bool kLast>
Value found_from(const Call& call) {
  if (call.arguments.size() > 2) return Value::unknown();
  return of_two(call, [](const std::string& text, const std::string& word) {
    const auto at = kLast ? text.rfind(word.substr(0, 1)) : text.find(word);
    return word.empty() || at == std::string::npos ? std::string{} : text.substr(at);
  });
}

std::string truth(bool is) {
  return is ? "1" : "";
}

Value starts(const Call& call) {
  return of_two(call,
                [](const auto& text, const auto& word) { return truth(text.starts_with(word)); });
}

Value ends(const Call& call) {
  return of_two(call,
                [](const auto& text, const auto& word) { return truth(text.ends_with(word)); });
}

Value contains(const Call& call) {
  return of_two(call, [](const auto& text, const auto& word) {
    return truth(text.find(word) != std::string::npos);
  });
}

// strncmp() and strncasecmp(): "0" where the beginnings are the same.
template <bool kLetters>
Value compared(const Call& call) {
  const auto length = call.number(2);
  if (!length || *length < 0) return Value::unknown();
  return of_two(call, [&](const std::string& a, const std::string& b) {
    const auto size = static_cast<std::size_t>(*length);
    const auto order = kLetters ? a.substr(0, size).compare(b.substr(0, size))
                                : lower(a.substr(0, size)).compare(lower(b.substr(0, size)));
    return std::to_string(order < 0 ? -1 : order > 0 ? 1 : 0);
  });
}

Value str_repeat(const Call& call) {
  constexpr std::size_t kLongest = 4096;
  const auto times = call.number(1);
  const auto text = call.argument(0);
  if (!times || *times < 0 || text.single() == nullptr ||
      text.single()->size() * static_cast<std::size_t>(*times) > kLongest)
    return Value::unknown();
  auto result = Value::text({});
  for (long i = 0; i < *times; ++i) result = concat(result, text);
  return result;
}

// The first letter of each word; of other separators than blanks nothing is told.
Value ucwords(const Call& call) {
  const auto between = call.text(1, " \t\r\n\f\v");
  return map(call.argument(0), [&](Text text) {
    if (!text.known()) return rewritten(text, {kHole});
    auto changed = text.value;
    for (std::size_t i = 0; i < changed.size(); ++i)
      if (i == 0 || between.find(changed[i - 1]) != std::string::npos)
        changed[i] = upper(changed[i]);
    return changed == text.value ? text : rewritten(text, changed);
  });
}

// The number at the beginning, 0 where there is none.
Value intval(const Call& call) {
  const auto text = call.argument(0);
  if (text.single() == nullptr || call.arguments.size() > 1) return Value::unknown();
  long number = 0;
  const auto* const end = text.single()->data() + text.single()->size();
  std::from_chars(text.single()->data(), end, number);
  return Value::text(std::to_string(number));
}

struct Function {
  std::string_view name;
  Value (*evaluate)(const Call&);
};

constexpr auto kFunctions = std::to_array<Function>({{"sprintf", sprintf},
                                                     {"str_repeat", str_repeat},
                                                     {"ucwords", ucwords},
                                                     {"intval", intval},
                                                     {"vsprintf", vsprintf},
                                                     {"str_replace", str_replace},
                                                     {"strtr", strtr},
                                                     {"substr", substr},
                                                     {"strlen", strlen},
                                                     {"strstr", found_from<false>},
                                                     {"strrchr", found_from<true>},
                                                     {"strpos", position<true, false>},
                                                     {"stripos", position<false, false>},
                                                     {"strrpos", position<true, true>},
                                                     {"strripos", position<false, true>},
                                                     {"str_starts_with", starts},
                                                     {"str_ends_with", ends},
                                                     {"str_contains", contains},
                                                     {"strncmp", compared<true>},
                                                     {"strncasecmp", compared<false>},
                                                     {"strtolower", strtolower},
                                                     {"strtoupper", letters<true, std::toupper>},
                                                     {"ucfirst", letters<false, std::toupper>},
                                                     {"lcfirst", letters<false, std::tolower>}});

}  // namespace

std::optional<Value> text_function(const Call& call, std::string_view name) {
  const auto* const found = std::ranges::find(kFunctions, name, &Function::name);
  if (found == kFunctions.end()) return std::nullopt;
  return found->evaluate(call);
}

}  // namespace stackaudit::stack::php

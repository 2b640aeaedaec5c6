// Values: combining alternatives within bounds.
#include "stack/php/value.hpp"

#include <algorithm>
#include <charconv>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kMostTexts = 64;
constexpr std::size_t kLongest = 4096;

Value bounded(Value value) {
  if (value.texts.size() > kMostTexts) return Value::unknown();
  return value;
}

bool same(const Text& a, const Text& b) {
  return a.value == b.value && a.use == b.use;
}

bool is_unknown(const Text& text) {
  return text.value.size() == 1 && text.value[0] == kHole;
}

// What is not known at all says less than what is: it leaves the others unsure.
Value settled(Value value) {
  if (std::ranges::none_of(value.texts, is_unknown) || std::ranges::all_of(value.texts, is_unknown))
    return value;
  std::erase_if(value.texts, is_unknown);
  for (auto& text : value.texts) text.unsure = text.open = true;
  return value;
}

}  // namespace

bool same(const Value& a, const Value& b) {
  const auto same_item = [](const Item& x, const Item& y) {
    return x.key == y.key && same(x.value, y.value);
  };
  return a.is_array == b.is_array &&
         std::ranges::equal(a.texts, b.texts,
                            [](const Text& x, const Text& y) { return same(x, y); }) &&
         std::ranges::equal(a.items, b.items, same_item);
}

bool Value::operator==(const Value&) const = default;

Value Value::unknown() {
  return text({kHole});
}

Value Value::text(std::string value) {
  Value result;
  result.texts.emplace_back().value = std::move(value);
  return result;
}

bool Value::known() const {
  return std::ranges::any_of(texts, [](const Text& text) { return text.known(); });
}

const std::string* Value::single() const {
  const bool sure = texts.size() == 1 && texts[0].known() && !texts[0].unsure;
  return sure && texts[0].unless.file == text::FileId::none ? &texts[0].value : nullptr;
}

Text rewritten(const Text& text, std::string value) {
  return {std::move(value), {}, text.use, text.unsure, text.open, text.unless};
}

Text respelled(const Text& text, std::string value) {
  auto result = rewritten(text, std::move(value));
  if (text.pieces.size() != 1 || text.pieces[0].begin != 0 ||
      text.pieces[0].end != text.value.size())
    return result;
  result.pieces.push_back({0, result.value.size(), text.pieces[0].span, false, true});
  return result;
}

Text appended(Text left, const Text& right) {
  const auto shift = left.value.size();
  if (shift + right.value.size() > kLongest) return rewritten(left, {kHole});
  left.value += right.value;
  for (auto piece : right.pieces) {
    piece.begin += shift;
    piece.end += shift;
    left.pieces.push_back(piece);
  }
  left.absent = false;
  left.use = left.use * 64 + right.use;
  left.unsure = left.unsure || right.unsure;
  left.open = left.open || right.open;
  if (left.unless.file == text::FileId::none) left.unless = right.unless;
  return left;
}

std::optional<long> number_of(const Value& value) {
  if (value.single() == nullptr || value.single()->empty()) return std::nullopt;
  long number = 0;
  const auto* const end = value.single()->data() + value.single()->size();
  const auto [at, error] = std::from_chars(value.single()->data(), end, number);
  if (error != std::errc{} || at != end || number > 1000000) return std::nullopt;
  return number;
}

Value sum(std::optional<long> left, std::optional<long> right, int sign) {
  return left && right ? Value::text(std::to_string(*left + sign * *right)) : Value::unknown();
}

Value concat(const Value& left, const Value& right) {
  if (left.is_array || right.is_array) return Value::unknown();
  Value result;
  if (left.texts.size() * right.texts.size() > kMostTexts) return Value::unknown();
  for (const auto& a : left.texts)
    for (const auto& b : right.texts) result.texts.push_back(appended(a, b));
  return result;
}

namespace {

// What not every branch gives: it may not be there.
void doubt(Value& value) {
  for (auto& text : value.texts) text.unsure = text.open = true;
  for (auto& item : value.items) doubt(item.value);
}

// Lists of which one has more than the other: all elements, of which those of both are sure. An
// empty one tells nothing of the other: what is asked of it may be whether it is empty.
Value added(Value left, Value right) {
  if (left.items.empty() || right.items.empty()) return Value::unknown();
  for (auto& item : left.items)
    if (std::ranges::find(right.items, item.key, &Item::key) == right.items.end())
      doubt(item.value);
  for (auto& item : right.items) {
    const auto known = std::ranges::find(left.items, item.key, &Item::key);
    if (known == left.items.end()) {
      doubt(item.value);
      left.items.push_back(std::move(item));
    } else if (!same(known->value, item.value)) {
      known->value = either(std::move(known->value), item.value);
    }
  }
  return left;
}

}  // namespace

Value list_of(const std::vector<Value>& values, std::size_t from) {
  Value list;
  list.is_array = true;
  for (auto i = from; i < values.size(); ++i)
    list.items.push_back({std::to_string(i - from), values[i]});
  return list;
}

bool is_blank(const Value& value) {
  return value.single() != nullptr && value.single()->empty();
}

bool may_be_absent(const Value& value) {
  return std::ranges::any_of(value.texts, &Text::absent);
}

bool is_flag(const Value& value) {
  const auto* text = value.single();
  return text != nullptr && (text->empty() || *text == "0" || *text == "1");
}

Value either(Value left, const Value& right) {
  if (left.is_array || right.is_array) {
    const bool alike = left.is_array && right.is_array &&
                       std::ranges::equal(left.items, right.items, {}, &Item::key, &Item::key);
    if (!alike) return added(std::move(left), right);
    for (std::size_t i = 0; i < left.items.size(); ++i)
      left.items[i].value = either(std::move(left.items[i].value), right.items[i].value);
    return left;
  }
  for (const auto& text : right.texts)
    if (std::ranges::none_of(left.texts, [&](const Text& known) { return same(known, text); }))
      left.texts.push_back(text);
  return bounded(settled(std::move(left)));
}

Value either(std::vector<Value> values) {
  auto result = std::move(values.front());
  for (std::size_t i = 1; i < values.size(); ++i) result = either(std::move(result), values[i]);
  return result;
}

Value each(std::vector<Value> values) {
  Value result;
  std::uint32_t use = 0;
  for (auto& value : values) {
    if (value.is_array) return Value::unknown();
    ++use;
    for (auto& text : value.texts) {
      text.use = text.use * 64 + use;
      result.texts.push_back(std::move(text));
    }
  }
  return result.texts.empty() ? Value::unknown() : bounded(std::move(result));
}

Value joined(std::vector<Value> values) {
  std::vector<Value> kinds;
  for (auto& value : values)
    if (std::ranges::none_of(kinds, [&](const Value& known) { return same(known, value); }))
      kinds.push_back(std::move(value));
  if (kinds.size() == 1) return std::move(kinds[0]);
  if (std::ranges::any_of(kinds, &Value::is_array)) {
    for (std::size_t i = 1; i < kinds.size(); ++i)
      kinds[0] = added(std::move(kinds[0]), std::move(kinds[i]));
    return std::move(kinds[0]);
  }
  for (auto& kind : kinds)
    for (auto& text : kind.texts) text.unsure = true;
  return settled(each(std::move(kinds)));
}

Value map(const Value& value, const std::function<Text(Text)>& change) {
  if (value.is_array) return Value::unknown();
  Value result;
  for (const auto& text : value.texts) result.texts.push_back(change(text));
  return result;
}

Text cut(Text text, std::size_t length) {
  if (length >= text.value.size()) return text;
  text.value.resize(length);
  std::erase_if(text.pieces, [&](const Piece& piece) { return piece.begin >= length; });
  for (auto& piece : text.pieces) piece.end = std::min(piece.end, length);
  return text;
}

Text parent(Text text, std::size_t levels) {
  for (; levels > 0; --levels) {
    auto end = text.value.size();
    const auto skip = [&](bool slashes) {
      while (end > 0 && (text.value[end - 1] == '/') == slashes) --end;
    };
    skip(true);
    // What ends in the unknown may hold slashes itself.
    const auto last = text.value.rfind('/', end == 0 ? 0 : end - 1);
    const auto from = last == std::string::npos ? 0 : last;
    if (text.value.find(kHole, from) != std::string::npos) {
      text.value.assign(1, kHole);
      text.pieces.clear();
      return text;
    }
    skip(false);
    skip(true);
    if (end == 0) {
      text.value.assign(1, text.value.starts_with('/') ? '/' : '.');
      text.pieces.clear();
      return text;
    }
    text = cut(std::move(text), end);
  }
  return text;
}

namespace {

constexpr std::size_t kMostPicked = 48;

bool is_list(const Value& container) {
  return std::ranges::all_of(container.items, [](const Item& item) {
    return item.key.find_first_not_of("0123456789") == std::string::npos;
  });
}

}  // namespace

Value element(const Value& container, const Value& key) {
  if (!container.is_array || container.items.size() > kMostPicked) return Value::unknown();
  const bool all = std::ranges::none_of(key.texts, &Text::known);
  std::vector<Value> found;
  for (const auto& item : container.items) {
    const bool wanted = all || std::ranges::any_of(key.texts, [&](const Text& text) {
                          return text.value == item.key;
                        });
    if (wanted) found.push_back(item.value);
  }
  if (all && !is_list(container))
    for (auto& value : found)
      for (auto& text : value.texts) text.unsure = text.open = true;
  return found.empty() ? Value::unknown() : each(std::move(found));
}

}  // namespace stackaudit::stack::php

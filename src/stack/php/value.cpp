// Values: combining alternatives within bounds.
#include "stack/php/value.hpp"

#include <algorithm>

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

}  // namespace

Value Value::unknown() {
  return {{Text{{kHole}, {}, 0}}, {}, false};
}

Value Value::text(std::string value) {
  return {{Text{std::move(value), {}, 0}}, {}, false};
}

bool Value::known() const {
  return std::ranges::any_of(texts, [](const Text& text) { return text.known(); });
}

const std::string* Value::single() const {
  return texts.size() == 1 && texts[0].known() ? &texts[0].value : nullptr;
}

Text appended(Text left, const Text& right) {
  const auto shift = left.value.size();
  if (shift + right.value.size() > kLongest) return {{kHole}, {}, left.use};
  left.value += right.value;
  for (auto piece : right.pieces) {
    piece.begin += shift;
    piece.end += shift;
    left.pieces.push_back(piece);
  }
  left.use = left.use * 64 + right.use;
  return left;
}

Value concat(const Value& left, const Value& right) {
  if (left.is_array || right.is_array) return Value::unknown();
  Value result;
  if (left.texts.size() * right.texts.size() > kMostTexts) return Value::unknown();
  for (const auto& a : left.texts)
    for (const auto& b : right.texts) result.texts.push_back(appended(a, b));
  return result;
}

Value either(Value left, const Value& right) {
  if (left.is_array || right.is_array) {
    const bool alike = left.is_array && right.is_array &&
                       std::ranges::equal(left.items, right.items, {}, &Item::key, &Item::key);
    return alike ? left : Value::unknown();
  }
  for (const auto& text : right.texts)
    if (std::ranges::none_of(left.texts, [&](const Text& known) { return same(known, text); }))
      left.texts.push_back(text);
  return bounded(std::move(left));
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

}  // namespace stackaudit::stack::php

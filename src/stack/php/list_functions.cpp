// PHP's functions that make lists, and those that take from them.
#include "stack/php/evaluate.hpp"
#include "stack/php/functions.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kMostMerged = 512, kMostMapped = 32;

Value renumbered(Value list) {
  for (std::size_t i = 0; i < list.items.size(); ++i) list.items[i].key = std::to_string(i);
  return list;
}

// Whether each item is one known text.
bool is_settled(const Value& list) {
  return std::ranges::all_of(list.items,
                             [](const Item& item) { return item.value.single() != nullptr; });
}

// Whether the item itself may not be there.
bool may_lack(const Value& value) {
  return !value.texts.empty() && std::ranges::all_of(value.texts, &Text::open);
}

void doubt(Value& value) {
  for (auto& text : value.texts) text.unsure = text.open = true;
}

Value array_values(const Call& call) {
  auto list = call.argument(0);
  return list.is_array ? renumbered(std::move(list)) : Value::unknown();
}

Value array_keys(const Call& call) {
  auto list = call.argument(0);
  if (!list.is_array || call.arguments.size() > 1) return Value::unknown();
  for (auto& [key, value] : list.items) {
    const bool doubtful = may_lack(value);
    value = Value::text(key);
    if (doubtful) doubt(value);
  }
  return renumbered(std::move(list));
}

// Of lists: names as keys would replace each other.
Value array_merge(const Call& call) {
  Value result;
  result.is_array = true;
  for (std::size_t n = 0; n < call.arguments.size(); ++n) {
    auto list = call.argument(n);
    if (!list.is_array || result.items.size() + list.items.size() > kMostMerged)
      return Value::unknown();
    for (auto& item : list.items) {
      if (item.key.find_first_not_of("0123456789") != std::string::npos) return Value::unknown();
      result.items.push_back(std::move(item));
    }
  }
  return renumbered(std::move(result));
}

Value explode(const Call& call) {
  const auto separator = call.argument(0), text = call.argument(1);
  const auto limit = call.number(2);
  // Of PHP_VERSION the last number alone is not known.
  const bool open_end = text.texts.size() == 1 && text.texts[0].value.size() > 1 &&
                        text.texts[0].value.find(kHole) + 1 == text.texts[0].value.size();
  if (separator.single() == nullptr || separator.single()->empty() ||
      (text.single() == nullptr && !open_end) ||
      (call.arguments.size() > 2 && (!limit || *limit < 1)))
    return Value::unknown();
  const auto& whole = text.texts[0].value;
  Value result;
  result.is_array = true;
  for (std::size_t at = 0; at <= whole.size() && result.items.size() < kMostMerged;) {
    const bool last = limit && result.items.size() + 1 == static_cast<std::size_t>(*limit);
    const auto end =
        last ? whole.size() : std::min(whole.find(*separator.single(), at), whole.size());
    result.items.push_back({{}, Value::text(whole.substr(at, end - at))});
    at = end + separator.single()->size();
  }
  return renumbered(std::move(result));
}

Value count(const Call& call) {
  const auto list = call.argument(0);
  return list.is_array && call.arguments.size() == 1
             ? Value::text(std::to_string(list.items.size()))
             : Value::unknown();
}

// With a closure; of one list.
Value array_map(const Call& call) {
  auto list = call.argument(1);
  if (!list.is_array || call.arguments.size() != 2 || list.items.size() > kMostMapped)
    return Value::unknown();
  for (auto& item : list.items)
    item.value = call.evaluator.closure_call(call.scope, call.arguments[0], {item.value});
  return list;
}

Value array_filter(const Call& call) {
  auto list = call.argument(0);
  if (!list.is_array || call.arguments.size() > 1) return Value::unknown();
  std::erase_if(list.items, [](const Item& item) {
    const auto* text = item.value.single();
    return text != nullptr && (text->empty() || *text == "0");
  });
  for (auto& item : list.items)
    if (!item.value.is_array && item.value.single() == nullptr) doubt(item.value);
  return list;
}

Value array_reverse(const Call& call) {
  auto list = call.argument(0);
  if (!list.is_array) return Value::unknown();
  std::ranges::reverse(list.items);
  return call.arguments.size() > 1 ? list : renumbered(std::move(list));
}

Value array_unique(const Call& call) {
  const auto list = call.argument(0);
  if (!list.is_array) return Value::unknown();
  Value result;
  result.is_array = true;
  for (const auto& item : list.items) {
    const auto* text = item.value.single();
    const bool again = text != nullptr && std::ranges::any_of(result.items, [&](const Item& known) {
                         return known.value.single() != nullptr && *known.value.single() == *text;
                       });
    if (!again) result.items.push_back(item);
  }
  return result;
}

Value array_combine(const Call& call) {
  auto keys = call.argument(0), values = call.argument(1);
  if (!keys.is_array || !values.is_array || keys.items.size() != values.items.size())
    return Value::unknown();
  for (std::size_t i = 0; i < keys.items.size(); ++i) {
    if (keys.items[i].value.single() == nullptr) return Value::unknown();
    values.items[i].key = *keys.items[i].value.single();
  }
  return values;
}

// A column of rows that all have it.
Value array_column(const Call& call) {
  auto list = call.argument(0);
  const auto key = call.argument(1);
  if (!list.is_array || key.single() == nullptr || call.arguments.size() > 2)
    return Value::unknown();
  for (auto& row : list.items) {
    const auto found = std::ranges::find(row.value.items, *key.single(), &Item::key);
    if (found == row.value.items.end()) return Value::unknown();
    auto value = found->value;
    row.value = std::move(value);
  }
  return renumbered(std::move(list));
}

template <bool kLast>
Value end_of(const Call& call) {
  const auto list = call.argument(0);
  if (!list.is_array || list.items.empty()) return Value::unknown();
  return kLast ? list.items.back().value : list.items.front().value;
}

Value pathinfo(const Call& call) {
  const auto path = call.argument(0);
  if (path.single() == nullptr) return Value::unknown();
  const auto name = std::string(tree::basename(*path.single()));
  const auto dot = name.rfind('.');
  Value result;
  result.is_array = true;
  result.items.push_back(
      {"dirname", map(path, [](Text text) { return parent(std::move(text), 1); })});
  result.items.push_back({"basename", Value::text(name)});
  if (dot != std::string::npos)
    result.items.push_back({"extension", Value::text(name.substr(dot + 1))});
  result.items.push_back({"filename", Value::text(name.substr(0, dot))});
  if (call.arguments.size() < 2) return result;
  // PATHINFO_DIRNAME and its kin ask for one of them.
  constexpr std::string_view kFlag = "PATHINFO_";
  const auto flag = base_name(call.evaluator.source(*call.scope.unit, call.arguments[1]));
  if (!flag.starts_with(kFlag)) return Value::unknown();
  const auto asked = lower(flag.substr(kFlag.size()));
  const auto item = std::ranges::find(result.items, asked, &Item::key);
  if (item != result.items.end()) return item->value;
  return asked == "extension" ? Value::text({}) : Value::unknown();
}

Value func_get_args(const Call& call) {
  const auto it = call.scope.variables.find(std::string_view(kAllArguments));
  return it == call.scope.variables.end() ? Value::unknown() : it->second;
}

// compact('a', 'b'), of variables that are known here.
Value compact(const Call& call) {
  Value list;
  list.is_array = true;
  for (std::size_t n = 0; n < call.arguments.size(); ++n) {
    const auto name = call.argument(n);
    const auto it = name.single() == nullptr ? call.scope.variables.end()
                                             : call.scope.variables.find("$" + *name.single());
    if (it == call.scope.variables.end()) return Value::unknown();
    list.items.push_back({*name.single(), it->second});
  }
  return list;
}

// The items of the first list that none of the others has.
Value array_diff(const Call& call) {
  auto list = call.argument(0);
  if (!list.is_array || !is_settled(list)) return Value::unknown();
  for (std::size_t n = 1; n < call.arguments.size(); ++n) {
    const auto others = call.argument(n);
    if (!others.is_array || !is_settled(others)) return Value::unknown();
    std::erase_if(list.items, [&](const Item& item) {
      return std::ranges::any_of(others.items, [&](const Item& other) {
        return *other.value.single() == *item.value.single();
      });
    });
  }
  return list;
}

Value array_slice(const Call& call) {
  auto list = call.argument(0);
  const auto begin = call.number(1), length = call.number(2);
  if (!list.is_array || !begin || call.arguments.size() > 3 ||
      (call.arguments.size() > 2 && !length))
    return Value::unknown();
  const auto size = static_cast<long>(list.items.size());
  const auto from = std::clamp(*begin < 0 ? size + *begin : *begin, 0L, size);
  const auto asked = length.value_or(size);
  const auto to = std::clamp(asked < 0 ? size + asked : from + asked, from, size);
  list.items.erase(list.items.begin() + to, list.items.end());
  list.items.erase(list.items.begin(), list.items.begin() + from);
  return renumbered(std::move(list));
}

struct Function {
  std::string_view name;
  Value (*evaluate)(const Call&);
};

constexpr auto kFunctions = std::to_array<Function>({{"array_values", array_values},
                                                     {"func_get_args", func_get_args},
                                                     {"array_diff", array_diff},
                                                     {"compact", compact},
                                                     {"array_slice", array_slice},
                                                     {"array_keys", array_keys},
                                                     {"array_merge", array_merge},
                                                     {"array_map", array_map},
                                                     {"array_filter", array_filter},
                                                     {"array_reverse", array_reverse},
                                                     {"array_unique", array_unique},
                                                     {"array_combine", array_combine},
                                                     {"array_column", array_column},
                                                     {"current", end_of<false>},
                                                     {"reset", end_of<false>},
                                                     {"end", end_of<true>},
                                                     {"pathinfo", pathinfo},
                                                     {"explode", explode},
                                                     {"count", count},
                                                     {"sizeof", count}});

}  // namespace

std::optional<Value> list_function(const Call& call, std::string_view name) {
  const auto* const found = std::ranges::find(kFunctions, name, &Function::name);
  if (found == kFunctions.end()) return std::nullopt;
  return found->evaluate(call);
}

// Of two lists all items, the left one's before the right one's of the same name; of numbers the
// sum.
Value Evaluator::together(Value left, const Scope& scope, syntax::php::NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto right = value(scope, ast[ast[id].first].next);
  if (!left.is_array) return sum(number_of(left), number_of(right), 1);
  if (!right.is_array || left.items.size() + right.items.size() > kMostMerged)
    return Value::unknown();
  for (const auto& item : right.items)
    if (std::ranges::find(left.items, item.key, &Item::key) == left.items.end())
      left.items.push_back(item);
  return left;
}

}  // namespace stackaudit::stack::php

// PHP's functions that make lists of lists.
#include "stack/php/functions.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kMostMerged = 512;

Value renumbered(Value list) {
  for (std::size_t i = 0; i < list.items.size(); ++i) list.items[i].key = std::to_string(i);
  return list;
}

Value array_values(const Call& call) {
  auto list = call.argument(0);
  return list.is_array ? renumbered(std::move(list)) : Value::unknown();
}

Value array_keys(const Call& call) {
  auto list = call.argument(0);
  if (!list.is_array || call.arguments.size() > 1) return Value::unknown();
  for (auto& [key, value] : list.items) value = Value::text(key);
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
  if (separator.single() == nullptr || separator.single()->empty() || text.single() == nullptr ||
      call.arguments.size() > 2)
    return Value::unknown();
  Value result;
  result.is_array = true;
  for (std::size_t at = 0; at <= text.single()->size() && result.items.size() < kMostMerged;) {
    const auto end = std::min(text.single()->find(*separator.single(), at), text.single()->size());
    result.items.push_back({{}, Value::text(text.single()->substr(at, end - at))});
    at = end + separator.single()->size();
  }
  return renumbered(std::move(result));
}

struct Function {
  std::string_view name;
  Value (*evaluate)(const Call&);
};

constexpr auto kFunctions = std::to_array<Function>({{"array_values", array_values},
                                                     {"array_keys", array_keys},
                                                     {"array_merge", array_merge},
                                                     {"explode", explode}});

}  // namespace

std::optional<Value> list_function(const Call& call, std::string_view name) {
  const auto* const found = std::ranges::find(kFunctions, name, &Function::name);
  if (found == kFunctions.end()) return std::nullopt;
  return found->evaluate(call);
}

}  // namespace stackaudit::stack::php

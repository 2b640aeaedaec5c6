// What a generator yields: the items of the list that a foreach over its call goes through.
#include "stack/php/evaluate.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr std::size_t kMostYields = 64;

}  // namespace

// The values of one statement that yields, or of the statements in its branches; false where the
// order or the number of them is not told.
bool Evaluator::takes_yields(Scope& inner, NodeId statement, bool always, Value& list) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto first = ast[statement].first;
  switch (ast[statement].kind) {
    case NodeKind::block:
      for (auto at = first; at != 0; at = ast[at].next)
        if (!takes_yields(inner, at, always, list)) return false;
      return true;
    case NodeKind::if_: {
      const auto asked = condition(inner, first);
      const auto then = ast[first].next, otherwise = ast[then].next;
      const bool open = asked.truth == Truth::unknown;
      if (asked.truth != Truth::no &&
          !takes_yields(inner, then, always && !(open && asked.alternative), list))
        return false;
      return otherwise == 0 || asked.truth == Truth::yes ||
             takes_yields(inner, otherwise, always, list);
    }
    case NodeKind::expression:
      break;
    default:
      return false;
  }
  if (ast[first].kind != NodeKind::yield) return takes(inner, statement, {});
  const auto given = ast[first].first;
  if (given == 0) return false;
  const auto add = [&](Value next) {
    if (!always)
      for (auto& text : next.texts) text.unsure = text.open = true;
    list.items.push_back({std::to_string(list.items.size()), std::move(next)});
    return list.items.size() <= kMostYields;
  };
  if (ast[first].op != kYieldFrom)
    return add(value(inner, ast[given].next != 0 ? ast[given].next : given));
  auto others = value(inner, given);
  return others.is_array &&
         std::ranges::all_of(others.items, [&](Item& item) { return add(std::move(item.value)); });
}

Value Evaluator::yielded(const Scope& outer, NodeId block) const {
  Scope inner = outer;
  Value list;
  list.is_array = true;
  return takes_yields(inner, block, true, list) && !list.items.empty() ? list : Value::unknown();
}

}  // namespace stackaudit::stack::php

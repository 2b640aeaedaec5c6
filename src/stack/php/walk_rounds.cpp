// The body of a loop, for each item or each turn.
#include "stack/php/walker.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr std::size_t kMostRounds = 48, kMostTogether = 256;

}  // namespace

// Loops in loops are followed item by item as long as that is not much.
bool Walker::may_take(std::size_t rounds) const {
  return rounds > 0 && rounds <= kMostRounds && rounds_ * rounds <= kMostTogether;
}

// An include that is met in several rounds is one, which loads all of their files.
void Walker::in_turn(std::size_t rounds, const std::function<void(std::size_t)>& round) {
  const auto first = out_.includes.size();
  const auto around = std::exchange(rounds_, rounds_ * rounds);
  for (std::size_t i = 0; i < rounds; ++i) round(i);
  rounds_ = around;
  std::map<NodeId, std::vector<Include>> met;
  std::vector<NodeId> order;
  for (auto i = first; i < out_.includes.size(); ++i) {
    auto& all = met[out_.includes[i].id];
    if (all.empty()) order.push_back(out_.includes[i].id);
    all.push_back(std::move(out_.includes[i]));
  }
  out_.includes.resize(first);
  for (const auto id : order) {
    auto& all = met[id];
    auto merged = std::move(all[0]);
    for (const auto& other : all) {
      merged.alternative = merged.alternative && other.alternative;
      merged.sole = merged.sole && other.sole;
    }
    std::vector<Value> values;
    std::set<std::string> unknown;
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto& value = i == 0 ? merged.value : all[i].value;
      const bool again =
          !value.is_array && !value.known() && !unknown.insert(value.texts[0].value).second;
      if (again) continue;  // one of those that are not known stands for all
      if (all[i].alternative && !merged.alternative)
        for (auto& text : value.texts) text.unsure = text.open = true;
      values.push_back(std::move(value));
    }
    merged.value = values.size() == 1 ? std::move(values[0]) : each(std::move(values));
    out_.includes.push_back(std::move(merged));
  }
}

void Walker::each_item(Scope& scope, NodeId id, const Value& list) {
  const auto first = ast_[ast_[id].first].next;
  const bool keyed = ast_[id].op == kDoubleArrow;
  const auto second = keyed ? ast_[first].next : first;
  const auto subject = ast_[id].first;
  auto changed = list;
  in_turn(list.items.size(), [&](std::size_t i) {
    forget_assigned(scope, id);
    const auto& [key, value] = list.items[i];
    if (ast_[second].kind == NodeKind::variable)
      set(scope, source(second), value);
    else if (ast_[second].kind == NodeKind::array || ast_[second].kind == NodeKind::list)
      assign_list(scope, second, value);
    if (keyed && ast_[first].kind == NodeKind::variable)
      set(scope, source(first), Value::text(key));
    statement(scope, ast_[second].next);
    if (by_reference(second)) changed.items[i].value = evaluator_.value(scope, second);
  });
  if (by_reference(second) && ast_[subject].kind == NodeKind::variable)
    set(scope, source(subject), std::move(changed));
}

// foreach ($list as &$item)
bool Walker::by_reference(NodeId item) const {
  const auto before = unit_.text.substr(0, ast_[item].begin);
  const auto last = before.find_last_not_of(" \t\r\n");
  return last != before.npos && before[last] == '&';
}

// The body of "while (is_file($f)) ...".
void Walker::guarded(Scope& scope, NodeId body, const Condition& condition) {
  if (condition.truth == Truth::no) return;
  const Level level(*this, condition.truth == Truth::unknown && condition.alternative);
  statement(scope, body);
}

// while ($item = array_shift($list)): every item in turn.
bool Walker::takes_items(Scope& scope, NodeId id) {
  auto test = ast_[id].first;
  const auto body = ast_[test].next;
  if (ast_[test].kind == NodeKind::binary) test = ast_[test].first;
  if (ast_[test].kind != NodeKind::assign || !holds_include(body)) return false;
  const auto target = ast_[test].first, call = ast_[target].next;
  if (ast_[call].kind != NodeKind::call || ast_[target].kind != NodeKind::variable) return false;
  const auto name = lower(base_name(source(ast_[call].first)));
  const auto given = evaluator_.arguments(unit_, call);
  if ((name != "array_shift" && name != "array_pop") || given.empty()) return false;
  const auto list = evaluator_.value(scope, given[0]);
  if (!list.is_array || !may_take(list.items.size())) return false;
  in_turn(list.items.size(), [&](std::size_t i) {
    forget_assigned(scope, id);
    set(scope, source(target), list.items[i].value);
    statement(scope, body);
  });
  forget_assigned(scope, id);
  return true;
}

// for ($i = 1; $i <= 3; $i++), or down: each number in turn.
bool Walker::counts(Scope& scope, NodeId id) {
  const auto init = ast_[id].first, test = ast_[init].next, step = ast_[test].next;
  const auto only = [&](NodeId block, NodeKind kind) {
    const auto first = ast_[block].first;
    return first != 0 && ast_[first].next == 0 && ast_[first].kind == kind ? first : 0;
  };
  const auto set_out = only(init, NodeKind::assign), limit = only(test, NodeKind::binary);
  auto by = only(step, NodeKind::postfix);
  if (by == 0) by = only(step, NodeKind::unary);
  const auto body = ast_[step].next;
  if (set_out == 0 || limit == 0 || by == 0 || !holds_include(body)) return false;
  const auto counter = source(ast_[set_out].first);
  const bool up = ast_[by].op == kInc;
  const bool included = ast_[limit].op == (up ? kIsSmallerOrEqual : kIsGreaterOrEqual);
  if ((!up && ast_[by].op != kDec) ||
      (!included && ast_[limit].op != static_cast<Kind>(up ? '<' : '>')) ||
      source(ast_[limit].first) != counter || source(ast_[by].first) != counter)
    return false;
  const auto from = number_of(evaluator_.value(scope, ast_[ast_[set_out].first].next));
  const auto to = number_of(evaluator_.value(scope, ast_[ast_[limit].first].next));
  const auto way = from && to ? (up ? *to - *from : *from - *to) : -1;
  const auto rounds = static_cast<std::size_t>(way < 0 ? 0 : way + (included ? 1 : 0));
  if (from && to && rounds == 0) return true;
  if (!may_take(rounds)) return false;
  in_turn(rounds, [&](std::size_t i) {
    forget_assigned(scope, id);
    const auto steps = static_cast<long>(i);
    set(scope, counter, Value::text(std::to_string(up ? *from + steps : *from - steps)));
    statement(scope, body);
  });
  forget_assigned(scope, id);
  return true;
}

// while ($i < count($list)) { ... $i++ ... }, with one step: each number in turn.
bool Walker::counts_up(Scope& scope, NodeId id) {
  const auto test = ast_[id].first, body = ast_[test].next;
  const bool included = ast_[test].op == kIsSmallerOrEqual;
  if (ast_[test].kind != NodeKind::binary || !holds_include(body) ||
      (!included && ast_[test].op != static_cast<Kind>('<')))
    return false;
  const auto counter = source(ast_[test].first);
  int steps = 0;
  for (auto at = id; --at > 0 && ast_[at].begin >= ast_[id].begin;) {
    const auto kind = ast_[at].kind;
    const bool changes = kind == NodeKind::assign || ast_[at].op == kInc || ast_[at].op == kDec;
    if (!changes || source(ast_[at].first) != counter) continue;
    if (ast_[at].op != kInc) return false;
    ++steps;
  }
  const auto from = number_of(evaluator_.value(scope, ast_[test].first));
  const auto to = number_of(evaluator_.value(scope, ast_[ast_[test].first].next));
  if (steps != 1 || !from || !to || *to < *from) return false;
  const auto rounds = static_cast<std::size_t>(*to - *from + (included ? 1 : 0));
  if (!may_take(rounds)) return false;
  in_turn(rounds, [&](std::size_t i) {
    forget_assigned(scope, id);
    set(scope, counter, Value::text(std::to_string(*from + static_cast<long>(i))));
    statement(scope, body);
  });
  forget_assigned(scope, id);
  return true;
}

// for (; false;)
bool Walker::never_runs(const Scope& scope, NodeId id) const {
  const auto test = ast_[ast_[ast_[id].first].next].first;
  return test != 0 && ast_[test].next == 0 && ast_[test].kind == NodeKind::name &&
         evaluator_.condition(scope, test).truth == Truth::no;
}

void Walker::loop(Scope& scope, NodeId id) {
  if (ast_[id].kind == NodeKind::while_ && (takes_items(scope, id) || counts_up(scope, id))) return;
  if (ast_[id].kind == NodeKind::for_ && counts(scope, id)) return;
  if (ast_[id].kind == NodeKind::for_ && never_runs(scope, id)) return;
  forget_assigned(scope, id);
  for (auto child = ast_[id].first; child != 0; child = ast_[child].next) {
    const auto kind = ast_[child].kind;
    const bool last = ast_[child].next == 0;
    if (ast_[id].kind == NodeKind::for_ && last) forget_assigned(scope, id);
    if (ast_[id].kind == NodeKind::while_ && last && child != ast_[id].first)
      guarded(scope, child, evaluator_.condition(scope, ast_[id].first));
    else if (kind == NodeKind::block && ast_[id].kind == NodeKind::for_ && !last)
      children(scope, child, {false, true});
    else if ((last && ast_[id].kind != NodeKind::do_) ||
             (child == ast_[id].first && ast_[id].kind == NodeKind::do_))
      statement(scope, child);
    else
      expression(scope, child, {false, true});
  }
  forget_assigned(scope, id);
}

void Walker::foreach (Scope& scope, NodeId id) {
  const auto subject = ast_[id].first;
  const auto first = ast_[subject].next;
  const bool keyed = ast_[id].op == kDoubleArrow;
  const auto second = keyed ? ast_[first].next : first;
  const auto body = ast_[second].next;
  expression(scope, subject);
  const auto list = evaluator_.value(scope, subject);
  forget_assigned(scope, id);
  if (list.is_array && may_take(list.items.size()) &&
      (holds_include(body) || by_reference(second))) {
    each_item(scope, id, list);
    forget_assigned(scope, id);
    if (ast_[second].kind == NodeKind::variable) set(scope, source(second), Value::unknown());
    return;
  }
  std::vector<Value> keys, values;
  for (const auto& [key, value] : list.items) {
    keys.push_back(Value::text(key));
    values.push_back(value);
  }
  const bool single = ast_[second].kind == NodeKind::variable;
  const bool arrays =
      std::ranges::any_of(values, [](const Value& value) { return value.is_array; });
  if (single)
    set(scope, source(second),
        list.is_array && !arrays ? each(std::move(values)) : Value::unknown());
  if (keyed && ast_[first].kind == NodeKind::variable)
    set(scope, source(first), list.is_array ? each(std::move(keys)) : Value::unknown());
  if (!list.is_array || !list.items.empty()) statement(scope, body);
  forget_assigned(scope, id);
  if (by_reference(second) && ast_[subject].kind == NodeKind::variable)
    set(scope, source(subject), Value::unknown());
  if (single) set(scope, source(second), Value::unknown());
}

}  // namespace stackaudit::stack::php

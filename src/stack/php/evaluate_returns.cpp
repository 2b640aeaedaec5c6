// What a function gives: its assignments, conditions and loops up to the first return.
#include "stack/php/conditions.hpp"
#include "stack/php/endings.hpp"
#include "stack/php/evaluate.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

// "$x = value", or "$x ??= value" for a static $x that nothing was given to.
bool Evaluator::takes(Scope& inner, NodeId statement,
                      const std::set<std::string_view>& unset) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto assigned = ast[statement].first;
  if (ast[statement].kind != NodeKind::expression || ast[assigned].kind != NodeKind::assign)
    return false;
  const auto target = ast[assigned].first;
  const auto name = source(*inner.unit, target);
  const bool fills = ast[assigned].op == kCoalesceEqual && unset.contains(name);
  if (ast[assigned].op != static_cast<Kind>('=') && !fills) return false;
  if (ast[target].kind == NodeKind::variable)
    inner.variables[std::string(name)] = value(inner, ast[target].next);
  return true;
}

// "if ($x === null) { $x = value; }" for such a variable.
bool Evaluator::fills(Scope& inner, NodeId test, const std::set<std::string_view>& unset) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto asked = source(*inner.unit, test);
  if (std::ranges::none_of(
          unset, [&](std::string_view name) { return asked.find(name) != std::string_view::npos; }))
    return false;
  const auto then = ast[test].next;
  if (ast[then].kind != NodeKind::block) return takes(inner, then, unset);
  for (auto at = ast[then].first; at != 0; at = ast[at].next)
    if (!takes(inner, at, unset)) return false;
  return true;
}

// Of a switch whose clauses do nothing but return: the value of the one that is taken, where that
// is known, or of all together with those before; else adds to `early`. Unknown for any other
// switch.
std::optional<Value> Evaluator::returned_by(const Scope& inner, NodeId statement,
                                            std::vector<Value>& early) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto subject = ast[statement].first;
  NodeId otherwise = 0;
  bool asked = false, falls = false;  // a clause above leads here: certainly, or perhaps
  for (auto clause = ast[subject].next; clause != 0; clause = ast[clause].next) {
    const bool preset = ast[clause].op == kDefault;
    const auto test = preset ? 0 : ast[clause].first;
    const auto body = preset ? ast[clause].first : ast[test].next;
    const auto truth = preset ? Truth::no : same(inner, subject, test);
    asked = asked || truth == Truth::yes;
    falls = falls || truth == Truth::unknown;
    if (body == 0) {
      if (preset) return Value::unknown();
      continue;
    }
    if (ast[body].kind != NodeKind::return_) return Value::unknown();
    if (preset) otherwise = ast[body].first;
    if (asked && early.empty()) return value(inner, ast[body].first);
    if (asked || falls) early.push_back(value(inner, ast[body].first));
    if (asked) otherwise = 0;
    if (asked) break;
    falls = false;
  }
  if (!asked && otherwise == 0) return std::nullopt;
  if (otherwise != 0) early.push_back(value(inner, otherwise));
  return either(std::move(early));
}

// isset($list[$key]) and its kin of a variable that is known whole; unknown for any other question.
Truth Evaluator::has_item(const Scope& scope, NodeId test) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto first = ast[test].first;
  if (ast[test].kind == NodeKind::unary && ast[test].op == static_cast<Kind>('!'))
    return negated(has_item(scope, first));
  const bool both = ast[test].op == kBooleanAnd, one = ast[test].op == kBooleanOr;
  if (ast[test].kind == NodeKind::binary && (both || one)) {
    const auto decides = both ? Truth::no : Truth::yes;
    const auto left = has_item(scope, first);
    if (left == decides) return left;
    const auto right = has_item(scope, ast[first].next);
    return right == decides || left != Truth::unknown ? right : left;
  }
  const auto known = [&](NodeId variable) -> const Value* {
    const auto it = scope.variables.find(source(*scope.unit, variable));
    return it == scope.variables.end() ? nullptr : &it->second;
  };
  NodeId list = 0, key = 0;
  if (ast[test].kind == NodeKind::isset && ast[first].next == 0) {
    if (ast[first].kind != NodeKind::index) return Truth::unknown;
    list = ast[first].first;
    key = ast[list].next;
  } else if (ast[test].kind == NodeKind::call) {
    const auto name = base_name(source(*scope.unit, first));
    const auto given = arguments(*scope.unit, test);
    if (name == "is_array" && given.size() == 1) {
      const auto* const asked = known(given[0]);
      if (asked == nullptr) return Truth::unknown;
      if (asked->is_array) return Truth::yes;
      return asked->single() == nullptr ? Truth::unknown : Truth::no;
    }
    if (name != "array_key_exists" || given.size() != 2) return Truth::unknown;
    list = given[1];
    key = given[0];
  }
  if (list == 0 || key == 0) return Truth::unknown;
  const auto all = value(scope, list), wanted = value(scope, key);
  if (wanted.single() == nullptr) return Truth::unknown;
  if (!all.is_array) return all.single() == nullptr ? Truth::unknown : Truth::no;
  const auto found = std::ranges::find(all.items, *wanted.single(), &Item::key);
  if (found == all.items.end()) {
    const bool whole = std::ranges::none_of(
        all.items, [](const Item& item) { return item.key.find(kHole) != std::string::npos; });
    return whole ? Truth::no : Truth::unknown;
  }
  const auto& item = found->value;
  return item.is_array || (item.single() != nullptr && !item.single()->empty()) ? Truth::yes
                                                                                : Truth::unknown;
}

// "if (...) return ...;": what is returned where the condition is met; else goes on.
std::optional<Value> Evaluator::returned_if(Scope& inner, NodeId statement, Returns& before) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto test = ast[statement].first;
  const auto then = ast[test].next;
  const auto only = ast[then].kind == NodeKind::block ? ast[then].first : then;
  if (fills(inner, test, before.unset)) return std::nullopt;
  if (ast.child_count(statement) != 2 || only == 0 || ast[only].kind != NodeKind::return_ ||
      ast[only].next != 0)
    return Value::unknown();
  const auto given = ast[only].first;
  if (before.unset.contains(source(*inner.unit, given))) return std::nullopt;  // what it was given
  auto truth = has_item(inner, test);
  if (truth == Truth::unknown) truth = condition(inner, test).truth;
  if (truth == Truth::yes) return value(inner, given);
  if (truth == Truth::unknown) before.early.push_back(value(inner, given));
  return std::nullopt;
}

// A loop over a list that is known, with nothing in it but assignments and such conditions.
std::optional<Value> Evaluator::returned_in(Scope& inner, NodeId loop, Returns& before) const {
  constexpr std::size_t kMostRounds = 16;
  const auto& ast = inner.unit->parsed.ast;
  const auto subject = ast[loop].first;
  const auto item = ast[subject].next, body = ast[item].next;
  if (!is_plain_loop(ast, loop)) return Value::unknown();
  const auto list = value(inner, subject);
  if (!list.is_array || list.items.size() > kMostRounds) return Value::unknown();
  const bool block = ast[body].kind == NodeKind::block;
  for (const auto& [key, each] : list.items) {
    inner.variables[std::string(source(*inner.unit, item))] = each;
    for (auto at = block ? ast[body].first : body; at != 0; at = block ? ast[at].next : 0) {
      if (ast[at].kind == NodeKind::if_) {
        if (auto given = returned_if(inner, at, before)) return given;
      } else if (!takes(inner, at, before.unset)) {
        return Value::unknown();
      }
    }
  }
  return std::nullopt;
}

Value Evaluator::returned(const Scope& outer, NodeId block) const {
  Scope inner = outer;
  const auto& ast = inner.unit->parsed.ast;
  Returns before;
  for (auto at = ast[block].first; at != 0; at = ast[at].next) {
    const auto first = ast[at].first;
    std::optional<Value> given;
    switch (ast[at].kind) {
      case NodeKind::return_: {
        auto last = value(inner, first);
        // Where none of the answers before is known, null is not the only one.
        const auto tells = [](const Value& other) { return other.is_array || other.known(); };
        auto& early = before.early;
        if (!early.empty() && is_blank(last) && std::ranges::none_of(early, tells))
          return Value::unknown();
        early.insert(early.begin(), std::move(last));
        return either(std::move(early));
      }
      case NodeKind::global:
        continue;
      case NodeKind::static_:
        for (auto each = first; each != 0; each = ast[each].next)
          before.unset.insert(
              source(*inner.unit, ast[each].kind == NodeKind::assign ? ast[each].first : each));
        continue;
      case NodeKind::switch_:
        given = returned_by(inner, at, before.early);
        break;
      case NodeKind::if_:
        given = returned_if(inner, at, before);
        break;
      case NodeKind::foreach:
        given = returned_in(inner, at, before);
        break;
      default:
        if (!takes(inner, at, before.unset)) return Value::unknown();
    }
    if (given) return *std::move(given);
  }
  return Value::unknown();
}

}  // namespace stackaudit::stack::php

// Expressions that are one of several: the ternary, ??, match. And what an include returns.
#include "stack/php/evaluate.hpp"
#include "tree/resolve.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

// defined('X') of a constant that neither the program nor PHP defines.
bool Evaluator::is_of_nobody(const Scope& scope, NodeId test) const {
  const auto& ast = scope.unit->parsed.ast;
  if (ast[test].kind != NodeKind::call || lower(source(*scope.unit, ast[test].first)) != "defined")
    return false;
  const auto given = arguments(*scope.unit, test);
  const auto asked = given.empty() ? Value::unknown() : value(scope, given[0]);
  return asked.single() != nullptr && definitions_of(*asked.single()).empty() &&
         !corpus_.names.constants.contains(*asked.single());
}

// "PHP_SAPI === 'cli'" in a file that nothing but requests runs.
bool Evaluator::is_for_commands(const Scope& scope, NodeId test) const {
  const auto& node = scope.unit->parsed.ast[test];
  if (node.kind != NodeKind::binary || (node.op != kIsIdentical && node.op != kIsEqual))
    return false;
  const auto words = lower(source(*scope.unit, test));
  return reached(*scope.unit).is_only_requested() &&
         corpus_.applications[scope.unit->application].served &&
         words.find("sapi") != std::string::npos &&
         (words.find("'cli'") != std::string::npos || words.find("\"cli\"") != std::string::npos);
}

Value Evaluator::ternary(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto first = ast[id].first;
  const auto second = ast[first].next;
  const auto third = ast[second].next;
  const auto [truth, alternative] = condition(scope, first);
  if (third == 0) {
    if (truth == Truth::yes) return value(scope, first);
    return truth == Truth::no ? value(scope, second) : in_place_of(scope, first);
  }
  if (truth == Truth::yes) return value(scope, second);
  if (truth == Truth::no || is_for_commands(scope, first)) return value(scope, third);
  auto then = value(scope, second), otherwise = value(scope, third);
  if (alternative && is_of_nobody(scope, first) && (otherwise.is_array || otherwise.known()))
    return otherwise;
  if (alternative) return elected({std::move(then), std::move(otherwise)});
  // An empty text stands for a case of its own, not for a second name of a file.
  if (is_blank(then) || is_blank(otherwise)) return either(then, otherwise);
  return each({std::move(then), std::move(otherwise)});
}

Value Evaluator::coalesce(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto left = ast[id].first;
  if (ast[left].kind == NodeKind::index && source(*scope.unit, ast[left].first) == "$_ENV" &&
      env_is_empty(*scope.unit))
    return value(scope, ast[left].next);
  auto known = value(scope, left);
  return known.is_array || known.known() ? known : in_place_of(scope, left);
}

// Where the left side of ?? or ?: is not known the right one is taken unless something sets the
// left.
Value Evaluator::in_place_of(const Scope& scope, NodeId id) const {
  const auto& left = scope.unit->parsed.ast[id];
  auto right = value(scope, left.next);
  for (auto& text : right.texts)
    if (text.unless.file == text::FileId::none)
      text.unless = {scope.unit->file, left.begin, left.end};
  return right;
}

// match ($this) { self::Home => ... } in a method of an enumeration that was called on a case.
std::optional<Truth> Evaluator::is_own_case(const Scope& scope, NodeId subject, NodeId test) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto it = scope.variables.find(std::string_view(kCaseName));
  if (it == scope.variables.end() || ast[test].kind != NodeKind::class_constant ||
      source(*scope.unit, subject) != "$this" || it->second.single() == nullptr)
    return std::nullopt;
  return source(*scope.unit, ast[ast[test].first].next) == *it->second.single() ? Truth::yes
                                                                                : Truth::no;
}

// Whether one of the conditions of an arm is met.
Truth Evaluator::arm(const Scope& scope, NodeId subject, NodeId id, bool& alternative) const {
  const auto& ast = scope.unit->parsed.ast;
  const bool is_true = lower(source(*scope.unit, subject)) == "true";
  const auto wanted = value(scope, subject);
  auto result = Truth::no;
  for (auto at = ast[id].first; ast[at].next != 0; at = ast[at].next) {
    auto truth = Truth::unknown;
    if (is_true) {
      const auto asked = condition(scope, at);
      truth = asked.truth;
      alternative = alternative || asked.alternative;
    } else if (const auto of_case = is_own_case(scope, subject, at)) {
      truth = *of_case;
    } else if (const auto given = value(scope, at);
               given.single() != nullptr && wanted.single() != nullptr) {
      truth = *given.single() == *wanted.single() ? Truth::yes : Truth::no;
    }
    if (truth == Truth::yes && result == Truth::no) return truth;
    if (truth != Truth::no) result = Truth::unknown;
  }
  return result;
}

Value Evaluator::match(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto subject = ast[id].first;
  std::vector<Value> values;
  NodeId otherwise = 0;
  bool alternative = false, decided = false;
  for (auto at = ast[subject].next; at != 0 && !decided; at = ast[at].next) {
    const auto result = ast.last_child(at);
    if (ast[at].op == kDefault) {
      otherwise = result;
      continue;
    }
    const auto truth = arm(scope, subject, at, alternative);
    decided = truth == Truth::yes;
    if (truth != Truth::no && ast[result].kind != NodeKind::throw_)
      values.push_back(value(scope, result));
  }
  if (!decided && otherwise != 0 && ast[otherwise].kind != NodeKind::throw_)
    values.push_back(value(scope, otherwise));
  if (values.empty()) return Value::unknown();
  return alternative || values.size() == 1 ? either(std::move(values)) : each(std::move(values));
}

// What the file returns at its end, where its name is known.
Value Evaluator::included(const Scope& scope, NodeId id) const {
  const auto path = value(scope, scope.unit->parsed.ast[id].first);
  if (path.single() == nullptr || !path.single()->starts_with('/')) return Value::unknown();
  note_units();
  const auto* unit = corpus_.find(tree::normalize(*path.single()));
  if (unit == nullptr) return Value::unknown();
  const auto& ast = unit->parsed.ast;
  const auto last = ast.last_child(ast.root);
  if (last == 0 || ast[last].kind != NodeKind::return_ || ast[last].first == 0)
    return Value::unknown();
  return defined(scope, {unit, ast[last].first, last, false, false});
}

}  // namespace stackaudit::stack::php

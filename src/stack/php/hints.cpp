// What variables, members, helpers and constants hold tells a condition that asks for them.
#include "stack/php/conditions.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr std::size_t kShort = 400;

}  // namespace

// "!defined('X') || !X" where no file of the program defines X: what nobody switched off.
bool Evaluator::is_switched_off_by_nobody(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto left = ast[id].first, right = ast[left].next;
  if (ast[left].kind != NodeKind::unary || ast[left].op != op('!') ||
      ast[right].kind != NodeKind::unary || ast[right].op != op('!'))
    return false;
  const auto call = ast[left].first;
  if (ast[call].kind != NodeKind::call || lower(source(*scope.unit, ast[call].first)) != "defined")
    return false;
  const auto given = arguments(*scope.unit, call);
  const auto asked = given.empty() ? Value::unknown() : value(scope, given[0]);
  return asked.single() != nullptr && *asked.single() == source(*scope.unit, ast[right].first) &&
         definitions_of(*asked.single()).empty();
}

// Whether a variable of this file holds what the environment says: $env = getenv('APP_ENV') ?: 'x'.
bool Evaluator::holds_environment(const Scope& scope, NodeId id) const {
  if (scope.unit->parsed.ast[id].kind != NodeKind::variable) return false;
  const auto asks = [&](const Definition& d) {
    if (d.unit != scope.unit || d.value == 0) return false;
    const auto words = source(*d.unit, d.value);
    return asks_environment(words) || names_system(words) || names_host(words);
  };
  const auto name = std::string(source(*scope.unit, id));
  return std::ranges::any_of(definitions_of(name), asks) ||
         std::ranges::any_of(definitions_of("@part " + name), asks);
}

// Whether a constant is true wherever it is defined: reading one that nobody defined ends the
// script.
bool Evaluator::is_always_on(const Scope& scope, const std::vector<Definition>& definitions) const {
  return std::ranges::all_of(definitions, [&](const Definition& d) {
    const auto worth = any(scope, {d});
    return !d.fallback && worth.single() != nullptr && truth_of(*worth.single()) == Truth::yes;
  });
}

bool Evaluator::tells_of_file(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto base = ast[id].first;
  const auto kind = ast[id].kind;
  const bool member = kind != NodeKind::call;
  const bool property = kind == NodeKind::property || kind == NodeKind::static_property;
  if (member && !property && kind != NodeKind::method_call && kind != NodeKind::static_call)
    return false;
  const auto named = member ? ast[base].next : base;
  auto name = std::string(base_name(source(*scope.unit, named)));
  if (name.starts_with('$')) name.erase(0, 1);
  const auto found = meant(property ? "->" + name : lower(name) + "()", *scope.unit, true);
  return std::ranges::any_of(found, [&](const Definition& d) {
    if (d.value == 0) return false;
    const auto words = source(*d.unit, d.value);
    if (words.size() > kShort) return false;
    const bool asks = asks_for_file(words);
    if (asks || property) return asks;
    // A function that hands on what a property tells.
    const auto& other = d.unit->parsed.ast;
    Scope inner;
    inner.unit = d.unit;
    for (auto at = d.value; --at > 0 && other[at].begin >= other[d.value].begin;)
      if (other[at].kind == NodeKind::property && tells_of_file(inner, at)) return true;
    return false;
  });
}

}  // namespace stackaudit::stack::php

// What an evaluator looks up in other files: each question is noted.
#include "stack/php/evaluate.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

using namespace syntax::php;

const std::vector<Definition>& Evaluator::definitions_of(std::string_view key) const {
  if (asked_ != nullptr) asked_->note_name(key);
  return definitions_.of(key);
}

std::vector<Variables> Evaluator::bindings(const Unit& unit, NodeId function) const {
  if (callers_ == nullptr) return {};
  if (asked_ != nullptr) asked_->note_callers({&unit, function});
  return callers_->bindings(unit, function);
}

std::vector<Definition> Evaluator::meant(std::string_view key, const Unit& unit, bool part) const {
  const auto& all = definitions_.of(key);
  auto found = concerning(all, unit, part);
  if (asked_ != nullptr && all.empty()) asked_->note_name(key);
  if (asked_ != nullptr && !all.empty()) asked_->note_meaning(all, unit, part, found);
  return found;
}

NodeId Evaluator::constructor_around(const Definition& definition) const {
  if (callers_ == nullptr) return 0;
  const auto& unit = *definition.unit;
  const auto id = callers_->constructor_around(unit, unit.parsed.ast[definition.name]);
  if (id != 0 && asked_ != nullptr) asked_->note_callers({&unit, id});
  return id;
}

// The parameters of the constructor that a definition stands in.
Variables Evaluator::constructed(const Definition& definition) const {
  const auto id = constructor_around(definition);
  if (id == 0) return {};
  const auto& unit = *definition.unit;
  auto all = callers_->constructed(unit, id);
  // Whoever leaves a parameter out gets its default.
  std::optional<std::vector<Variables>> calls;
  const auto& ast = unit.parsed.ast;
  for (auto at = ast[id].first; at != 0; at = ast[at].next) {
    const auto parameter = ast[at].kind == NodeKind::parameter ? ast[at].first : 0;
    const auto preset = parameter == 0 ? 0 : ast[parameter].next;
    const auto known = preset == 0 ? all.end() : all.find(source(unit, parameter));
    if (known == all.end()) continue;
    if (!calls) calls = callers_->bindings(unit, id);
    const bool given = std::ranges::all_of(
        *calls, [&](const Variables& call) { return call.contains(known->first); });
    if (given) continue;
    Scope inner;
    inner.unit = &unit;
    known->second = either(std::move(known->second), value(inner, preset));
  }
  return all;
}

// self::$items['code'] of a registry: what calls of set('code', ...) gave to a method that does
// self::$items[$key] = $value.
std::optional<Value> Evaluator::registered(const Scope& scope, NodeId list,
                                           const std::string& key) const {
  if (callers_ == nullptr) return std::nullopt;
  const auto& unit = *scope.unit;
  const auto& ast = unit.parsed.ast;
  std::vector<Value> values;
  for (const auto method : callers_->constructors_in(unit)) {
    for (auto at = method; --at > 0 && ast[at].begin >= ast[method].begin;) {
      const auto target = ast[at].first;
      if (ast[at].kind != NodeKind::assign || ast[target].kind != NodeKind::index ||
          source(unit, ast[target].first) != source(unit, list))
        continue;
      const auto offset = ast[ast[target].first].next, given = ast[target].next;
      for (const auto& call : bindings(unit, method)) {
        const auto named = call.find(source(unit, offset)), value = call.find(source(unit, given));
        if (named != call.end() && value != call.end() && named->second.single() != nullptr &&
            *named->second.single() == key)
          values.push_back(value->second);
      }
    }
  }
  if (values.empty()) return std::nullopt;
  return joined(std::move(values));
}

bool Evaluator::is_left_out(const Definition& parameter) const {
  const auto id = constructor_around(parameter);
  return id != 0 &&
         callers_->leaves_out(*parameter.unit, id, source(*parameter.unit, parameter.name));
}

std::optional<Value> Evaluator::made(const Unit& unit, std::string_view constant) const {
  if (callers_ == nullptr) return std::nullopt;
  const Callers::Made key{unit.application, std::string(constant)};
  if (asked_ != nullptr) asked_->note_made(key);
  return callers_->made(key);
}

}  // namespace stackaudit::stack::php

// Cases of enumerations: what their values are, and which one $this is.
#include "stack/php/evaluate.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

Value Evaluator::case_value(const Scope& scope, NodeId enum_case) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto type = ast[enum_case].first;
  return any(scope, meant(lower(base_name(source(*scope.unit, type))) +
                              "::" + std::string(source(*scope.unit, ast[type].next)) + "->value",
                          *scope.unit));
}

// Where it is not known which case it is, any: some may never be asked.
std::optional<Value> Evaluator::own_case(const Scope& scope, NodeId id,
                                         std::string_view name) const {
  if (name != "value" && name != "name") return std::nullopt;
  const bool named = name == "name";
  if (const auto it = scope.variables.find(std::string_view(named ? kCaseName : kCaseValue));
      it != scope.variables.end())
    return it->second;
  const auto& ast = scope.unit->parsed.ast;
  std::vector<Value> values;
  for (const auto& type : ast.nodes) {
    if (type.kind != NodeKind::class_declaration || type.begin > ast[id].begin ||
        type.end < ast[id].end)
      continue;
    for (auto member = type.first; member != 0; member = ast[member].next) {
      if (ast[member].kind != NodeKind::enum_case) continue;
      const auto word = ast[member].first, given = ast[word].next;
      if (!named && given == 0) return std::nullopt;
      values.push_back(named ? Value::text(std::string(source(*scope.unit, word)))
                             : value(scope, given));
    }
  }
  if (values.empty()) return std::nullopt;
  auto result = each(std::move(values));
  for (auto& text : result.texts) text.unsure = text.open = true;
  return result;
}

}  // namespace stackaudit::stack::php

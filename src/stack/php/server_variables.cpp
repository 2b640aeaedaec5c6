// What the server hands to PHP besides the request, for $_SERVER and getenv().
#include "stack/php/conditions.hpp"
#include "stack/php/evaluate.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

bool sets_server_variable(std::string_view text, std::string_view name) {
  constexpr std::string_view kBefore = "$_SERVER[", kBlank = " \t";
  for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const auto behind = text.substr(at + name.size());
    if (at == 0 || !text.substr(0, at - 1).ends_with(kBefore) || behind.size() < 2 ||
        behind[1] != ']')
      continue;
    const auto next = behind.find_first_not_of(kBlank, 2);
    if (next != behind.npos && (behind[next] == '=' || behind.substr(next, 3) == "\?\?=") &&
        behind.substr(next, 2) != "==" && behind.substr(next, 2) != "=>")
      return true;
  }
  return false;
}

bool Evaluator::env_is_empty(const Unit& unit) const {
  return corpus_.applications[unit.application].env_is_empty &&
         std::ranges::none_of(definitions_of("@env"), [&](const Definition& each) {
           return each.unit->application == unit.application;
         });
}

Value Evaluator::parameter(const Unit& unit, const std::string& name) const {
  const auto& application = corpus_.applications[unit.application];
  const auto it = application.parameters.find(name);
  if (application.sapis.size() != 1 || it == application.parameters.end() || it->second.empty() ||
      sets_server_variable(unit.text, name))
    return Value::unknown();
  const bool run = reached(unit).reached && unit.reached->run != nullptr;
  return run ? Value::unknown() : Value::text(it->second);
}

bool Evaluator::has_no(const Unit& unit, const std::string& variable) const {
  const auto& application = corpus_.applications[unit.application];
  const auto here = [&](const Definition& each) {
    return each.unit->application == unit.application;
  };
  return application.bare && !names_request(variable) &&
         !application.parameters.contains(variable) &&
         std::ranges::none_of(definitions_of("@putenv"), here);
}

}  // namespace stackaudit::stack::php

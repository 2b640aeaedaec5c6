// What the server hands to PHP besides the request, for $_SERVER and getenv().
#include "stack/php/conditions.hpp"
#include "stack/php/evaluate.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

Value Evaluator::parameter(const Unit& unit, const std::string& name) const {
  const auto& application = corpus_.applications[unit.application];
  const auto it = application.parameters.find(name);
  if (application.sapis.size() != 1 || it == application.parameters.end() || it->second.empty() ||
      unit.text.find("$_SERVER['" + name + "'] =") != std::string_view::npos)
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

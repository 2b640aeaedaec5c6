// A call of a function that makes paths or lists: only the files that know such functions include
// this.
#pragma once

#include "stack/php/evaluate.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

struct Call {
  const Evaluator& evaluator;
  const Scope& scope;
  const std::vector<syntax::php::NodeId>& arguments;

  [[nodiscard]] Value argument(std::size_t n) const {
    return n < arguments.size() ? evaluator.value(scope, arguments[n]) : Value::unknown();
  }
  // The nth argument where it is one known text, else what is given.
  [[nodiscard]] std::string text(std::size_t n, std::string preset) const {
    const auto value = n < arguments.size() ? argument(n) : Value::unknown();
    return value.single() != nullptr ? *value.single() : preset;
  }
};

// The result of a function on lists; nullopt for a name that is none. list_functions.cpp
[[nodiscard]] std::optional<Value> list_function(const Call& call, std::string_view name);

}  // namespace stackaudit::stack::php

// A call of a function that makes paths or lists: only the files that know such functions include
// this.
#pragma once

#include "stack/php/evaluate.hpp"

#include <charconv>
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
  // The nth argument where it is one whole number.
  [[nodiscard]] std::optional<long> number(std::size_t n) const {
    const auto words = text(n, "");
    long found = 0;
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), found);
    const bool whole = error == std::errc{} && end == words.data() + words.size();
    return whole ? std::optional(found) : std::nullopt;
  }
};

// The result of a function on texts; nullopt for a name that is none. text_functions.cpp
[[nodiscard]] std::optional<Value> text_function(const Call& call, std::string_view name);
// The result of a function on lists; nullopt for a name that is none. list_functions.cpp
[[nodiscard]] std::optional<Value> list_function(const Call& call, std::string_view name);
// preg_match(), preg_replace(); nullopt for any other name. regex_functions.cpp
[[nodiscard]] std::optional<Value> regex_function(const Call& call, std::string_view name);
// What lies in a directory; nullopt for a name that does not ask. directory_functions.cpp
[[nodiscard]] std::optional<Value> directory_function(const Call& call, std::string_view name);
// What a function reads from a file of settings; nullopt for any other name, and where that is not
// known. config_files.cpp
[[nodiscard]] std::optional<Value> file_function(const Call& call, std::string_view name);

}  // namespace stackaudit::stack::php

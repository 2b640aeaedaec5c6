// What nginx says to arguments that it refuses, and the words in which it says so.
#pragma once

#include "stack/nginx/config.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::nginx {

using Words = std::vector<std::string_view>;

struct Refusal {
  std::size_t arg = 0;  // the argument that is refused
  std::string message;
  std::string replacement{};  // what was probably meant
};
using Answer = std::optional<Refusal>;

[[nodiscard]] inline std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

using text::is_one_of;

[[nodiscard]] inline bool starts_with_one_of(std::string_view word, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](auto prefix) { return word.starts_with(prefix); });
}

[[nodiscard]] inline Refusal invalid_parameter(const Node& node, std::size_t arg,
                                               const Words& known) {
  return {arg, "invalid parameter " + quoted(node.arg(arg)),
          text::nearest(node.arg(arg), known).value_or("")};
}

// `"gzip" directive invalid value`
[[nodiscard]] inline Refusal directive_refuses(const Node& node, std::size_t arg,
                                               std::string_view what = "invalid value") {
  return {arg, quoted(node.name.value) + " directive " + std::string(what)};
}

}  // namespace stackaudit::stack::nginx

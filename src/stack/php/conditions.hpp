// What the parts of conditions have in common.
#pragma once

#include "stack/php/evaluate.hpp"

#include <string_view>

namespace stackaudit::stack::php {

// Whether code asks for the environment: a helper around getenv(), $_ENV['X'], $_SERVER['APP_ENV'].
[[nodiscard]] bool asks_environment(std::string_view text);

// Whether code asks if a file is there.
[[nodiscard]] bool asks_for_file(std::string_view text);

// As PHP takes a text for a condition.
[[nodiscard]] Truth truth_of(std::string_view text);

}  // namespace stackaudit::stack::php

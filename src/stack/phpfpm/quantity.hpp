// Sizes in PHP's settings: "128M". What PHP cannot read it cuts short, and "128MB" is 128 bytes.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// "128M" in bytes, -1 for none at all; nullopt: PHP would misread it.
[[nodiscard]] std::optional<std::int64_t> quantity(std::string_view value);

// Adds a syntax problem `quantity`, in the words of PHP 8.2, where `name` is a setting that takes a
// size and `value` is none.
void check_quantity(Survey& survey, std::string_view name, const std::string& value,
                    const facts::Place& place);

}  // namespace stackaudit::stack

// The TOML library descends into dotted keys without a limit, and a key of some ten thousand parts
// ends in a stack overflow; the guard refuses such a text before the library sees it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace stackaudit::rules {

inline constexpr std::size_t kMaxKeyParts = 16;

// Where a key begins that has more than kMaxKeyParts parts; none in a sane text.
[[nodiscard]] std::optional<std::size_t> overlong_key(std::string_view toml);

}  // namespace stackaudit::rules

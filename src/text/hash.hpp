// Hashed containers of strings that are asked with parts of other texts, nothing copied.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace stackaudit::text {

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <class T>
using HashMap = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
using HashSet = std::unordered_set<std::string, Hash, std::equal_to<>>;

}  // namespace stackaudit::text

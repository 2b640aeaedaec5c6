// What lies below one target, before it is decided what of it is an entry point.
#pragma once

#include "stack/entries/entries.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct Found {
  std::vector<Entry> known, walked, wordpress;
  std::vector<Entry> unlike;  // named like a main file, and nothing in them is of its kind
  std::vector<Entry> loose;   // main files, but in no directory where such are kept
  std::set<std::string> php;  // directories that hold PHP files directly, WordPress included
};

// Looks at the known places inside the target, and walks the directories below it: a bounded number
// of names, each directory once, links followed. What was not searched is a blind spot.
[[nodiscard]] Found walk_target(Survey& survey, const std::string& target);

// Whether a directory of this name is not entered on the way: "docs", ".git", "samples".
[[nodiscard]] bool is_passed_over(std::string_view name);

// Whether the file has all that a main configuration of this kind needs.
[[nodiscard]] bool is_whole(const Survey& survey, const std::string& path, std::string_view kind);

// Files are read up to this size, bytes, to recognise what they are.
inline constexpr std::size_t kRecogniseLimit = 1U << 20U;

}  // namespace stackaudit::stack

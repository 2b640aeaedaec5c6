// A text's lines, a line's words, a list's fields, and a text without the blanks around it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stackaudit::text {

struct Line {
  std::string_view text;    // without its newline
  std::int64_t number = 0;  // from 1
  std::size_t begin = 0;    // of its first byte in the whole
};

// The lines of a text; views into it. There is none behind a newline at the end.
[[nodiscard]] std::vector<Line> lines(std::string_view content);

// The words of `line` between blanks, tabs and line ends; views into it. Quotes mean nothing here.
[[nodiscard]] std::vector<std::string_view> words(std::string_view line);
// The words between any of the characters `separators`; views into `text`, none of them empty.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text,
                                                  std::string_view separators);
// What stands between single separators, empty fields too: "a::b" has three, "" has one.
[[nodiscard]] std::vector<std::string_view> fields(std::string_view text, char separator);
// Whether the word is one of the list's.
[[nodiscard]] bool is_one_of(std::string_view word, const auto& list) {
  return std::ranges::find(list, word) != std::ranges::end(list);
}
// Whether `text` has `part` anywhere.
[[nodiscard]] bool contains(std::string_view text, std::string_view part);
// Whether `text` has one of the parts.
[[nodiscard]] bool contains_any(std::string_view text, const auto& parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return contains(text, part); });
}
// Without the blanks, tabs and line ends at both ends; a view into it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace stackaudit::text

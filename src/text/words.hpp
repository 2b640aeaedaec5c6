// A text's lines, a line's words, and a text without the blanks around it.
#pragma once

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
// Without the blanks, tabs and line ends at both ends; a view into it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace stackaudit::text

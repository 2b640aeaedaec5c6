// A line's words, and a text without the blanks around it.
#pragma once

#include <string_view>
#include <vector>

namespace stackaudit::text {

// The words of `line` between blanks, tabs and line ends; views into it. Quotes mean nothing here.
[[nodiscard]] std::vector<std::string_view> words(std::string_view line);
// Without the blanks, tabs and line ends at both ends; a view into it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace stackaudit::text

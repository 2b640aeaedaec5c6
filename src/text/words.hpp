// A line's words.
#pragma once

#include <string_view>
#include <vector>

namespace stackaudit::text {

// The words of `line` between blanks, tabs and line ends; views into it. Quotes mean nothing here.
[[nodiscard]] std::vector<std::string_view> words(std::string_view line);

}  // namespace stackaudit::text

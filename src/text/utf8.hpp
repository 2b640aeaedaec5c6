// Bytes that came from a file, made countable and safe to print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stackaudit::text {

// The length in bytes of the well-formed UTF-8 sequence at the start of text; 0 where there is
// none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// How many characters a terminal is asked to show; a byte that is not UTF-8 counts as one.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

// The text with every control character (C0, DEL, C1, line and paragraph separators, bidirectional
// overrides) and every malformed byte written as an escape such as \x1b: what a file holds must
// never steer the terminal. Tabs become single blanks, so that columns can be counted.
[[nodiscard]] std::string printable(std::string_view text);

// Malformed UTF-8 replaced by U+FFFD; nothing else is changed. For JSON.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace stackaudit::text

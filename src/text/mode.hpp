// Permission bits as people write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::text {

// "0644"; of set-user-ID and the like "4755".
[[nodiscard]] std::string octal(std::uint32_t mode);

// What octal() writes, with as many zeros in front as there are: octal digits alone, 7777 at most.
[[nodiscard]] std::optional<std::uint32_t> read_octal(std::string_view text);

// The lowest three bits: "r-x"; and without what is not there: "rx".
[[nodiscard]] std::string letters(std::uint32_t rights);
[[nodiscard]] std::string short_letters(std::uint32_t rights);

// Those of owner, group and others, as ls has them: "rw-r-----".
[[nodiscard]] std::string nine_letters(std::uint32_t mode);

}  // namespace stackaudit::text

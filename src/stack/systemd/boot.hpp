// What the boot puts below /run and elsewhere before services start.
#pragma once

#include "stack/systemd/systemd.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// The bits of a third word of tmpfiles.d(5), "0755", ":0755", "~0664"; nullopt: "-", or no mode.
[[nodiscard]] std::optional<std::uint32_t> boot_mode(std::string_view mode);

// The account in a fourth or fifth word, "app" of ":app", which holds for what is made alone.
[[nodiscard]] std::string_view boot_account(std::string_view word);

// Whether systemd-tmpfiles understands a line of tmpfiles.d(5) with these first and third words,
// "d!" and ":0755"; otherwise it leaves the line out. Seen with systemd 252.
[[nodiscard]] bool is_boot_line(std::string_view type, std::string_view mode);

// Directories of tmpfiles.d(5) (types d, D, v, q, Q, C, e, as z, Z and m leave them) and
// RuntimeDirectory= of the units, sorted by path; paths with specifiers are left out.
[[nodiscard]] std::vector<BootDirectory> boot_directories(const Survey& survey,
                                                          const std::vector<ServiceUnit>& units);

}  // namespace stackaudit::stack

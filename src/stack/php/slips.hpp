// Names that were meant, and such as only look alike.
#pragma once

#include <string>
#include <string_view>

namespace stackaudit::stack::php {

// __DIR__ of "_DIR_", "__DRI__" and their kin; empty: none.
[[nodiscard]] std::string magic_constant(std::string_view name);
// dir_name and dirname.
[[nodiscard]] bool is_same_word(std::string_view name, std::string_view other);
// LAN_7 and LAN_17: another number of a series is no slip.
[[nodiscard]] bool is_of_series(std::string_view name, std::string_view other);
// "mb" of mb_strlen; empty where the name has no such part.
[[nodiscard]] std::string_view family(std::string_view name);
// wc_get_part and bp_get_part: short families of one length are two plugins, not a slip.
[[nodiscard]] bool is_of_other_family(std::string_view name, std::string_view other);

}  // namespace stackaudit::stack::php

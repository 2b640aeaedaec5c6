// What the boot puts below /run and elsewhere before services start.
#pragma once

#include "stack/systemd/systemd.hpp"

#include <vector>

namespace stackaudit::stack {

// Directories of tmpfiles.d(5) (types d, D, v, q, Q, C, e, as z, Z and m leave them) and
// RuntimeDirectory= of the units, sorted by path; paths with specifiers are left out.
[[nodiscard]] std::vector<BootDirectory> boot_directories(const Survey& survey,
                                                          const std::vector<ServiceUnit>& units);

}  // namespace stackaudit::stack

// Places that no package and no deployment fills: an image, or a root that is not running, has
// nothing in them, and that says nothing about the day on which the service starts.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

// /dev, /proc and /sys, which the kernel fills. `path`: absolute and normalized.
[[nodiscard]] bool is_kernels(std::string_view path);

// Those, and /run, which is made anew at each boot.
[[nodiscard]] bool is_made_at_run_time(std::string_view path);

// Where something that is not there will be made: links on the way followed, normalized.
[[nodiscard]] std::string made_path(const tree::Tree& tree, std::string_view path);

}  // namespace stackaudit::stack

// What a part of a root need not hold (data/brought-files.txt), for tree::FragmentTree.
#pragma once

#include <string>
#include <vector>

namespace stackaudit::stack {

// Patterns of fnmatch(3) over absolute paths.
[[nodiscard]] std::vector<std::string> brought_files();

}  // namespace stackaudit::stack

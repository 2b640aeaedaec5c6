// What a part of a root need not hold (data/brought-files.txt), for tree::FragmentTree.
#pragma once

#include <string>
#include <vector>

namespace stackaudit::stack {

// Patterns of fnmatch(3) over absolute paths.
[[nodiscard]] std::vector<std::string> brought_files();

// The same of a checkout, whose settings for a server may lie in any directory: "*/mime.types"
// besides "/etc/nginx/mime.types".
[[nodiscard]] std::vector<std::string> brought_files_of_checkout();

}  // namespace stackaudit::stack

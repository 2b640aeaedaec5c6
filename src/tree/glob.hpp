// glob(3) over a Tree, as nginx, Apache and php-fpm use it: *, ?, [set], [!set], backslash; a
// leading dot must be matched by a dot; matches sorted bytewise; dangling links match.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::tree {

struct GlobResult {
  std::vector<std::string> paths;  // absolute, in the spelling of the pattern, sorted
  // Directories that had to be listed and could not be, with the auditor's errno. ENOENT and
  // ENOTDIR are no failures of a glob and are not here.
  struct Unreadable {
    std::string path;
    int error = 0;
  };
  std::vector<Unreadable> unreadable;
  // Every directory that was listed, canonical: whoever globs needs read on these.
  std::vector<std::string> listed;
};

// Whether the text has an unescaped *, ? or [.
[[nodiscard]] bool has_wildcard(std::string_view pattern);

// Whether name, one path component, matches pattern (fnmatch with FNM_PERIOD).
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

// The pattern must be absolute. At most max_paths results; the rest is dropped.
[[nodiscard]] GlobResult glob(const Tree& tree, std::string_view pattern,
                              std::size_t max_paths = 100'000);

}  // namespace stackaudit::tree

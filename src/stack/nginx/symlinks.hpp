// disable_symlinks: links on the way to files that nginx then refuses.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem, code symlink-refused, with the links at and directly below the roots where
// it is on.
void check_symlinks(Reader& reader);

}  // namespace stackaudit::stack::nginx

// What workers change because a directive tells them to: files that clients upload, copies of
// answers that are kept; and the directory that they start in.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Rows of `access` and, of kind directory, `reference`.
void read_writes(Reader& reader);

}  // namespace stackaudit::stack::nginx

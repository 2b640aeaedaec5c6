// The other files that a configuration names: certificates, keys, password files, logs, the pid
// file, directories for temporary files, modules.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills `reference`, `access` and `file`.
void read_files(Reader& reader);

}  // namespace stackaudit::stack::nginx

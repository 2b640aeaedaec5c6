// load_module: what is in the file, and whether this nginx takes it.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Notes in reader.modules what the module knows, and reports what nginx refuses of a file that is
// there: no shared object, no module of nginx, one of another version or build, one that is loaded
// already (ngx_load_module, ngx_add_module; seen with 1.22). Nothing of it is run.
void load_module(Reader& reader, const Node& node);

}  // namespace stackaudit::stack::nginx

// What answers where no file has the name of the URL: index files, the fallback of try_files, the
// script that PHP is told to run.
#pragma once

#include "stack/nginx/upstreams.hpp"

namespace stackaudit::stack::nginx {

// Fills `reference` with those that are certainly not there, of kinds index, front-controller and
// script; required: every request that comes so far fails.
void check_pages(Reader& reader, const Upstreams& upstreams);

}  // namespace stackaudit::stack::nginx

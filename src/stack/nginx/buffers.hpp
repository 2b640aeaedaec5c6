// Sizes of buffers that nginx compares with one another once all is read.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// proxy_buffer_size, proxy_buffers and what depends on them, and the same of fastcgi, uwsgi and
// scgi, as each server and location has them after inheritance (ngx_http_proxy_merge_loc_conf).
// nginx names the line where http ends; the row stands at the nearest of the directives.
void check_buffers(Reader& reader);

}  // namespace stackaudit::stack::nginx

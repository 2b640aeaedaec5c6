// Directives whose value has a syntax of its own: expires, resolver, ssl_session_cache, logs to
// syslog, statuses of caches, and the like.
#pragma once

#include "stack/nginx/reader.hpp"
#include "stack/nginx/refusal.hpp"

namespace stackaudit::stack::nginx {

// What nginx refuses of a well-formed directive; nothing where it takes it, or is not known here.
[[nodiscard]] Answer check_setting(const Reader& reader, const Node& node);

}  // namespace stackaudit::stack::nginx

// Hosts that nginx looks up at start, besides those it listens on or passes requests to.
#pragma once

#include "stack/nginx/address.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills reference ("host") with the names of resolver, set_real_ip_from, debug_connection and of
// syslog servers that /etc/hosts does not have: missing where DNS cannot know them either.
void check_named_hosts(Reader& reader, const Hosts& hosts);

}  // namespace stackaudit::stack::nginx

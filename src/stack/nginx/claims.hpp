// What nginx refuses about all its `listen` directives together: an address that is claimed twice,
// two defaults of one address, more sockets than a worker has connections.
#pragma once

#include "stack/nginx/listeners.hpp"

#include <vector>

namespace stackaudit::stack::nginx {

// As nginx writes an address: "0.0.0.0:80", "[::]:80", "unix:/run/a.sock".
[[nodiscard]] std::string shown(const Claim& claim);

// Fills syntax_problem ("listen-duplicate", "bad-value"). The claims stand server by server.
void check_claims(Reader& reader, const std::vector<Claim>& claims);

}  // namespace stackaudit::stack::nginx

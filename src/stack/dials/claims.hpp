// Ports that programs outside of this audit claim, as far as their units and configuration say so
// plainly: varnish, haproxy, redis, memcached, gunicorn and uvicorn, published ports of containers,
// systemd's own sockets. They matter where they take an address from one of the servers, or answer
// one of their calls.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Adds listener rows of units that the boot starts.
void read_other_claims(Survey& survey);

// Whether a listener is one of these: what answers there is not known.
[[nodiscard]] bool is_other(const facts::Listener& listener);

}  // namespace stackaudit::stack

// Which server block of nginx gets the request of a monitor.
#pragma once

#include "stack/blocks.hpp"

namespace stackaudit::stack {

// The block of the server that takes the request at this listener, by the name that `dial` has;
// nullptr where it is not known.
[[nodiscard]] const facts::Directive* nginx_server_for(const facts::Store& facts,
                                                       const Blocks& nginx, const facts::Dial& dial,
                                                       const facts::Listener& listener);

}  // namespace stackaudit::stack

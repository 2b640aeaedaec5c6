// Where a pool listens: TCP addresses and sockets, as whom a socket is made, and what must exist
// for that.
#pragma once

#include "stack/phpfpm/pool_settings.hpp"

#include <string>

namespace stackaudit::stack::phpfpm {

// Reads listen, or where main is false pm.status_listen: adds the listener row and what its socket
// needs. Gives the address as survey.pools has it; empty where there is none.
[[nodiscard]] std::string read_listener(const PoolSettings& settings, const Setting* setting,
                                        bool main);

}  // namespace stackaudit::stack::phpfpm

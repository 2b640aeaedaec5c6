// The addresses that this machine has, as far as the files say that configure its network.
#pragma once

#include "stack/net.hpp"
#include "tree/tree.hpp"

#include <set>
#include <string>
#include <vector>

namespace stackaudit::stack {

struct OwnAddresses {
  // Every address that a network configuration, the running kernel or a manager of virtual
  // addresses mentions, canonical.
  std::set<std::string, std::less<>> mentioned;
  bool complete = false;  // all of IPv4's are written: nothing is asked of DHCP
  bool any = false;       // sockets may be bound to addresses that are not there (ip_nonlocal_bind)
};

[[nodiscard]] OwnAddresses own_addresses(const tree::Tree& tree);

}  // namespace stackaudit::stack

// The addresses that nginx claims: `listen` in all its forms, the default where a server has none,
// and what nginx refuses about them.
#pragma once

#include "stack/nginx/address.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// One listen of one server, resolved: as many as the name has addresses.
struct Claim {
  std::size_t server = 0;  // node of the server block
  text::Span span;         // the listen directive, or the server's opening where there is none
  Address address;
  std::int64_t port = 0;
  std::string socket;
  bool tls = false;
  bool default_server = false;
  bool options = false;  // a parameter that belongs to the socket is set
  bool reuseport = false;
  bool ipv6only = true;
};

// Fills `listener`, `access` (binding to ports below 1024, creating sockets), `reference` (names)
// and syntax_problem. sites: the site.id of each http server block.
std::vector<Claim> read_listeners(Reader& reader, const Hosts& hosts,
                                  const std::map<std::size_t, std::int64_t>& sites);

}  // namespace stackaudit::stack::nginx

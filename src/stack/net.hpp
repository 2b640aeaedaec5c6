// Addresses and sockets in one spelling, so that who listens and who connects can be compared.
// Names are looked up in the tree's /etc/hosts; DNS is never asked.
#pragma once

#include "tree/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct NetAddress {
  std::string family;   // "inet" or "inet6"
  std::string numeric;  // canonical; "*" for the wildcard

  friend bool operator==(const NetAddress&, const NetAddress&) = default;
};

// The canonical form of a numeric address, brackets allowed; none for a name.
[[nodiscard]] std::optional<NetAddress> numeric_address(std::string_view text);

// Addresses of a numeric address or of a name in /etc/hosts; localhost is always 127.0.0.1 and,
// behind it, ::1. Empty: only DNS knows.
[[nodiscard]] std::vector<NetAddress> addresses_of(const tree::Tree& tree, std::string_view host);

// Loopback or the wildcard.
[[nodiscard]] bool is_loopback(const NetAddress& address);

// A number from 1 to 65535.
[[nodiscard]] std::optional<std::int64_t> port_number(std::string_view text);

// The path of a unix socket with its directory's symlinks resolved (/var/run is /run), the last
// component kept: sockets need not exist.
[[nodiscard]] std::string canonical_socket(const tree::Tree& tree, std::string_view path);

// scheme://host:port/path?query, as monitoring agents and proxies write it.
struct Url {
  std::string scheme, host, path;    // host without brackets; path with query, "/" where none is
  std::optional<std::int64_t> port;  // as written, else of the scheme
  bool valid = false;
};
[[nodiscard]] Url parse_url(std::string_view text);

}  // namespace stackaudit::stack

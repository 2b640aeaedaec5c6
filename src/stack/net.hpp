// Addresses and sockets in one spelling, so that who listens and who connects can be compared.
// Names are looked up in the tree's /etc/hosts; DNS is never asked.
#pragma once

#include "tree/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack {

struct NetAddress {
  std::string family;   // "inet" or "inet6"
  std::string numeric;  // canonical; "*" for the wildcard

  friend bool operator==(const NetAddress&, const NetAddress&) = default;
};

// The canonical form of a numeric address, brackets allowed; none for a name.
[[nodiscard]] std::optional<NetAddress> numeric_address(std::string_view text);

// What getaddrinfo(3) takes for a number besides: "127.1", "0x7f000001".
[[nodiscard]] std::optional<NetAddress> short_address(std::string_view text);

// Whether DNS could know a name that /etc/hosts does not have: it has a dot and does not end in
// digits alone, as a mistyped address does.
[[nodiscard]] bool could_be_in_dns(std::string_view name);

// Whether no resolver has an address for it: characters that no name has, an empty label, a
// mistyped address ("127.0.0.256"), a template that nobody filled in.
[[nodiscard]] bool is_no_host_name(std::string_view name);

// Whether /etc/hosts says which names there are. Images leave it empty: whatever runs the container
// fills it, and answers for the names of other containers.
[[nodiscard]] bool knows_hosts(const tree::Tree& tree);

// Addresses of a numeric address or of a name in /etc/hosts; localhost is 127.0.0.1 and,
// behind it, ::1, unless the file gives it IPv6 addresses alone. Empty: only DNS knows.
[[nodiscard]] std::vector<NetAddress> addresses_of(const tree::Tree& tree, std::string_view host);

// What /etc/hostname calls the machine; empty where nothing is known of it.
[[nodiscard]] std::string host_name(const tree::Tree& tree);

// The lines of /etc/hosts: an address and its names.
[[nodiscard]] std::vector<std::pair<NetAddress, std::vector<std::string>>> hosts_lines(
    const tree::Tree& tree);

// What /etc/hosts itself gives the name.
[[nodiscard]] std::vector<NetAddress> addresses_in_hosts(const tree::Tree& tree,
                                                         std::string_view host);

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

// Addresses as nginx parses them (ngx_parse_url), and names as /etc/hosts of the tree resolves
// them. DNS is never asked.
#pragma once

#include "tree/tree.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::nginx {

struct Address {
  std::string family;   // "inet", "inet6", "unix"
  std::string numeric;  // canonical; "*" for the wildcard; empty for unix

  [[nodiscard]] bool wildcard() const { return numeric == "*"; }
  friend bool operator==(const Address&, const Address&) = default;
};

// Names that are known without DNS.
class Hosts {
 public:
  Hosts() = default;  // knows no name
  explicit Hosts(const tree::Tree& tree);
  [[nodiscard]] std::vector<Address> find(std::string_view name) const;
  // knows_hosts() of its tree.
  [[nodiscard]] bool known() const { return known_; }

 private:
  std::map<std::string, std::vector<Address>, std::less<>> names_;
  bool known_ = false;
};

// url: a path may stand behind the address, as behind proxy_pass.
enum class Use : std::uint8_t { listen, connect, url };

struct Endpoint {
  std::string error;                            // nginx's words, "invalid port"; empty: well-formed
  std::string host;                             // as written
  std::optional<std::int64_t> port, last_port;  // none: not written
  std::string socket;                           // of unix:
  std::string rest;  // of connect: what follows from the first "/" on, or ":" of a unix socket
  std::vector<Address> addresses;  // empty for a name that only DNS knows
  bool named = false;              // the host is a name, no numeric address
};

// "80", "*:80", "[::1]:80", "name:80", "unix:/path".
[[nodiscard]] Endpoint parse_endpoint(std::string_view text, Use use, const Hosts& hosts);

// Of this machine: loopback, wildcard, unix socket.
[[nodiscard]] bool is_local(const Address& address);
// The canonical text of a numeric address without brackets; none where it is a name.
[[nodiscard]] std::optional<Address> numeric_address(std::string_view text);

}  // namespace stackaudit::stack::nginx

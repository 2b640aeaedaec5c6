// Addresses as Listen, <VirtualHost> and proxy URLs write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::apache {

struct HostPort {
  std::string host;  // without brackets; empty where only a port was written
  std::optional<std::uint16_t> port;
  bool wild_port = false;  // ":*"
};
// "80", "*:80", "1.2.3.4:80", "[::1]:80", "name", "[::1]".
[[nodiscard]] HostPort split_host_port(std::string_view text);

// "inet", "inet6" or, for a name, empty. canonical: the numeric address in its shortest form.
struct Numeric {
  std::string family, canonical;
  bool any = false;       // 0.0.0.0 or ::
  bool loopback = false;  // 127.0.0.0/8 or ::1
};
[[nodiscard]] Numeric numeric_address(std::string_view host);

// The parts of a proxy URL; nullopt for what is none.
struct ProxyUrl {
  std::string scheme, host, path, socket;  // socket: of unix:/path|scheme://
  std::optional<std::uint16_t> port;       // the scheme's own where none is written
};
[[nodiscard]] std::optional<ProxyUrl> parse_proxy_url(std::string_view url);

}  // namespace stackaudit::stack::apache

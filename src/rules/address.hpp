// The addresses of a policy: "127.0.0.1:8080", "[::]:8080".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace stackaudit::rules {

struct Address {
  std::string host;  // canonical numeric address
  std::int64_t port = 0;
};

// The address, or what is wrong with it.
[[nodiscard]] std::variant<Address, std::string> parse_address(std::string_view text);

[[nodiscard]] constexpr bool valid_port(std::int64_t port) {
  return port >= 1 && port <= 65535;
}

}  // namespace stackaudit::rules

// inet_pton decides what an address is, inet_ntop gives its one spelling.
#include "rules/address.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <optional>

namespace stackaudit::rules {
namespace {

std::optional<std::string> canonical(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (inet_pton(family, text.c_str(), bytes.data()) != 1) return std::nullopt;
  if (inet_ntop(family, bytes.data(), out.data(), out.size()) == nullptr) return std::nullopt;
  return std::string(out.data());
}

}  // namespace

std::variant<Address, std::string> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return "an address has a port: \"127.0.0.1:8080\"";
  const auto digits = text.substr(colon + 1);
  std::int64_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || !valid_port(port))
    return "a port is a number from 1 to 65535";
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = canonical(bracketed ? AF_INET6 : AF_INET, std::string(host));
  if (!address)
    return "not a numeric address; write \"127.0.0.1:8080\" or \"[::1]:8080\", or the port alone "
           "for any address";
  return Address{*address, port};
}

}  // namespace stackaudit::rules

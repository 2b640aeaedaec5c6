// An address is a UNIX path, an IPv6 address in brackets, or what stands before a colon.
#include "stack/nginx/address.hpp"

#include "stack/net.hpp"
#include "stack/nginx/values.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

std::optional<std::int64_t> parse_port(std::string_view text) {
  const auto port = parse_number(text);
  return port && *port >= 1 && *port <= 65535 ? port : std::nullopt;
}

// "80" or, for listen, "8000-8010".
void take_port(std::string_view text, Use use, Endpoint& endpoint) {
  const auto dash = use == Use::listen ? text.find('-') : std::string_view::npos;
  endpoint.port = parse_port(text.substr(0, dash));
  if (dash != std::string_view::npos) {
    endpoint.last_port = parse_port(text.substr(dash + 1));
    if (!endpoint.last_port) endpoint.port.reset();
  }
  if (!endpoint.port)
    endpoint.error = "invalid port";
  else if (endpoint.last_port && *endpoint.port > *endpoint.last_port)
    endpoint.error = "invalid port range";
}

Endpoint parse_unix(std::string_view text, Use use) {
  Endpoint endpoint;
  auto path = text.substr(std::string_view("unix:").size());
  if (use == Use::url) {
    const auto colon = std::min(path.find(':'), path.size());
    endpoint.rest = path.substr(colon);
    path = path.substr(0, colon);
  }
  endpoint.socket = path;
  endpoint.addresses.push_back({"unix", {}});
  if (path.empty()) endpoint.error = "no path in the unix domain socket";
  if (path.size() >= 108) endpoint.error = "too long path in the unix domain socket";
  return endpoint;
}

Endpoint parse_inet6(std::string_view text, Use use) {
  Endpoint endpoint;
  const auto bracket = text.find(']');
  if (bracket == std::string_view::npos) {
    endpoint.error = "invalid host";
    return endpoint;
  }
  endpoint.host = text.substr(0, bracket + 1);
  auto tail = text.substr(bracket + 1);
  if (const auto slash = tail.find('/'); slash != std::string_view::npos) {
    if (use == Use::listen) endpoint.error = "invalid host";
    endpoint.rest = tail.substr(slash);
    tail = tail.substr(0, slash);
  }
  if (!tail.empty() && tail[0] != ':')
    endpoint.error = "invalid host";
  else if (!tail.empty())
    take_port(tail.substr(1), use, endpoint);
  const auto address = numeric_address(text.substr(1, bracket - 1));
  if (address && address->family == "inet6")
    endpoint.addresses.push_back(*address);
  else if (endpoint.error.empty())
    endpoint.error = bracket == 1 ? "no host" : "invalid IPv6 address";
  return endpoint;
}

Endpoint parse_inet(std::string_view text, Use use, const Hosts& hosts) {
  Endpoint endpoint;
  if (const auto uri = text.find_first_of("/?"); uri != std::string_view::npos) {
    if (use == Use::listen) endpoint.error = "invalid host";
    endpoint.rest = text.substr(uri);
    text = text.substr(0, uri);
  }
  const auto colon = text.find(':');
  const bool number_first = !text.empty() && parse_number(text.substr(0, text.find('-')));
  if (use == Use::listen && colon == std::string_view::npos && number_first) {
    take_port(text, use, endpoint);
    endpoint.host = "*";
    endpoint.addresses.push_back({"inet", "*"});
    return endpoint;
  }
  if (colon != std::string_view::npos) take_port(text.substr(colon + 1), use, endpoint);
  endpoint.host = text.substr(0, colon);
  if (endpoint.host.empty() && endpoint.error.empty()) endpoint.error = "no host";
  if (use == Use::listen && endpoint.host == "*") {
    endpoint.addresses.push_back({"inet", "*"});
  } else if (auto address = numeric_address(endpoint.host); address && address->family == "inet") {
    endpoint.addresses.push_back(*std::move(address));
  } else {
    endpoint.named = true;
    endpoint.addresses = hosts.find(endpoint.host);
  }
  return endpoint;
}

// ngx_inet_addr(): three dots, decimal numbers between them, and a missing one is 0.
std::optional<Address> dotted_address(std::string_view text) {
  std::array<unsigned, 4> octets{};
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '.') {
      if (++dots == octets.size()) return std::nullopt;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    octets[dots] = octets[dots] * 10 + static_cast<unsigned>(c - '0');
    if (octets[dots] > 255) return std::nullopt;
  }
  if (dots != 3) return std::nullopt;
  auto shown = std::to_string(octets[0]);
  for (std::size_t i = 1; i < octets.size(); ++i) shown += "." + std::to_string(octets[i]);
  return Address{"inet", shown == "0.0.0.0" ? "*" : shown};
}

}  // namespace

Hosts::Hosts(const tree::Tree& tree) {
  const auto content = tree::read_file(tree, "/etc/hosts");
  std::string_view rest = content ? std::string_view(*content) : std::string_view{};
  known_ = knows_hosts(tree);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, std::min(rest.find('#'), end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::optional<Address> address;
    bool first = true;
    while (true) {
      const auto begin = line.find_first_not_of(" \t\r");
      if (begin == std::string_view::npos) break;
      line.remove_prefix(begin);
      const auto word = line.substr(0, line.find_first_of(" \t\r"));
      line.remove_prefix(word.size());
      if (first)
        address = numeric_address(word);
      else if (address)
        names_[std::string(word)].push_back(*address);
      first = false;
    }
  }
  if (!names_.contains("localhost"))
    names_["localhost"] = {{"inet", "127.0.0.1"}, {"inet6", "::1"}};
}

std::vector<Address> Hosts::find(std::string_view name) const {
  if (const auto number = short_address(name)) return {{number->family, number->numeric}};
  const auto it = names_.find(name);
  return it == names_.end() ? std::vector<Address>{} : it->second;
}

Endpoint parse_endpoint(std::string_view text, Use use, const Hosts& hosts) {
  if (text.starts_with("unix:")) return parse_unix(text, use);
  if (text.starts_with("[")) return parse_inet6(text, use);
  return parse_inet(text, use, hosts);
}

std::optional<Address> numeric_address(std::string_view text) {
  if (auto four = dotted_address(text)) return four;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  inet_ntop(AF_INET6, bytes.data(), canonical.data(), canonical.size());
  const std::string shown = canonical.data();
  return Address{"inet6", shown == "::" ? "*" : shown};
}

bool is_local(const Address& address) {
  return address.family == "unix" || address.wildcard() || address.numeric.starts_with("127.") ||
         address.numeric == "::1";
}

}  // namespace stackaudit::stack::nginx

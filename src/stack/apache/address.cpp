// Ports are what stands behind the last colon that no bracket closes.
#include "stack/apache/address.hpp"

#include "stack/apache/directives.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace stackaudit::stack::apache {
namespace {

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

struct Scheme {
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array kSchemes{Scheme{"http", 80},   Scheme{"https", 443}, Scheme{"ws", 80},
                              Scheme{"wss", 443},   Scheme{"h2", 443},    Scheme{"h2c", 80},
                              Scheme{"fcgi", 8000}, Scheme{"ajp", 8009},  Scheme{"scgi", 4000},
                              Scheme{"ftp", 21},    Scheme{"uwsgi", 3031}};

}  // namespace

HostPort split_host_port(std::string_view text) {
  HostPort out;
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  auto host = has_port ? text.substr(0, colon) : text;
  if (has_port) {
    out.wild_port = text.substr(colon + 1) == "*";
    out.port = port_of(text.substr(colon + 1));
  } else if (port_of(text)) {
    out.port = port_of(text);
    host = {};
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
  return out;
}

Numeric numeric_address(std::string_view host) {
  const std::string text(host.substr(0, host.find('%')));
  std::array<char, INET6_ADDRSTRLEN> shown{};
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
    inet_ntop(AF_INET, &four, shown.data(), shown.size());
    const std::string canonical(shown.data());
    return {"inet", canonical, canonical == "0.0.0.0", canonical.starts_with("127.")};
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1) {
    inet_ntop(AF_INET6, &six, shown.data(), shown.size());
    const std::string canonical(shown.data());
    return {"inet6", canonical, canonical == "::", canonical == "::1"};
  }
  return {};
}

std::optional<ProxyUrl> parse_proxy_url(std::string_view url) {
  ProxyUrl out;
  if (lower(url.substr(0, 5)) == "unix:") {
    const auto bar = url.find('|');
    if (bar == std::string_view::npos) return std::nullopt;
    out.socket = url.substr(5, bar - 5);
    url.remove_prefix(bar + 1);
  }
  const auto colon = url.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  out.scheme = lower(url.substr(0, colon));
  url.remove_prefix(colon + 1);
  while (url.starts_with('/')) url.remove_prefix(1);
  const auto slash = std::min(url.find('/'), url.size());
  auto authority = url.substr(0, slash);
  out.path = url.substr(slash);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  const auto parts = split_host_port(authority);
  out.host = parts.host;
  out.port = parts.port;
  if (!out.port && authority.find(':') == std::string_view::npos) {
    const auto it = std::ranges::find(kSchemes, out.scheme, &Scheme::name);
    if (it != kSchemes.end()) out.port = it->port;
  }
  return out;
}

}  // namespace stackaudit::stack::apache

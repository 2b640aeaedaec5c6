// inet_pton and inet_ntop do the canonical spelling.
#include "stack/net.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <netinet/in.h>
#include <sstream>

namespace stackaudit::stack {
namespace {

struct SchemePort {
  std::string_view scheme;
  std::int64_t port;
};
constexpr std::array kSchemes{SchemePort{"http", 80},    SchemePort{"https", 443},
                              SchemePort{"mysql", 3306}, SchemePort{"redis", 6379},
                              SchemePort{"tcp", 0},      SchemePort{"fcgi", 9000}};

template <class Binary>
std::optional<NetAddress> convert(int family, const char* name, const std::string& text) {
  Binary binary{};
  if (inet_pton(family, text.c_str(), &binary) != 1) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(family, &binary, buffer.data(), buffer.size());
  std::string numeric = buffer.data();
  if (numeric == "0.0.0.0" || numeric == "::") numeric = "*";
  return NetAddress{name, std::move(numeric)};
}

}  // namespace

std::optional<NetAddress> numeric_address(std::string_view text) {
  if (text.size() > 1 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  const std::string copy(text);
  if (auto v4 = convert<in_addr>(AF_INET, "inet", copy)) return v4;
  return convert<in6_addr>(AF_INET6, "inet6", copy);
}

std::optional<NetAddress> short_address(std::string_view text) {
  in_addr binary{};
  if (text.find(' ') != std::string_view::npos ||
      inet_aton(std::string(text).c_str(), &binary) == 0)
    return std::nullopt;
  std::array<char, INET_ADDRSTRLEN> buffer{};
  inet_ntop(AF_INET, &binary, buffer.data(), buffer.size());
  return numeric_address(buffer.data());
}

bool could_be_in_dns(std::string_view name) {
  const auto dot = name.rfind('.', name.empty() ? 0 : name.size() - 2);
  if (dot == std::string_view::npos) return false;
  const auto last = name.substr(dot + 1);  // RFC 6761: "invalid." never resolves
  return last != "invalid" && last != "invalid." &&
         last.find_first_not_of("0123456789") != std::string_view::npos;
}

bool is_no_host_name(std::string_view name) {
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  if (name.empty() || name == "*" || numeric_address(name) || short_address(name)) return false;
  const bool letters = std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c >= 0x80;
  });
  if (!letters || name.front() == '-' || name.front() == '.') return true;
  if (name.find("..") != std::string_view::npos) return true;
  return name.find('.') != std::string_view::npos && !could_be_in_dns(name);
}

bool knows_hosts(const tree::Tree& tree) {
  const auto content = tree::read_file(tree, "/etc/hosts");
  return content && content->find_first_not_of(" \t\r\n") != std::string::npos;
}

std::vector<NetAddress> addresses_of(const tree::Tree& tree, std::string_view host) {
  if (auto numeric = numeric_address(host)) return {*std::move(numeric)};
  if (auto numeric = short_address(host)) return {*std::move(numeric)};
  auto written = addresses_in_hosts(tree, host);
  const bool only_six = !written.empty() && std::ranges::none_of(written, [](const auto& one) {
    return one.family == "inet";
  });
  if (text::equal_ignoring_case(host, "localhost") && !only_six)
    return {{"inet", "127.0.0.1"}, {"inet6", "::1"}};
  return written;
}

std::string host_name(const tree::Tree& tree) {
  const auto content = tree::read_file(tree, "/etc/hostname");
  if (!content) return {};
  const auto words = text::words(std::string_view(*content).substr(0, content->find('\n')));
  return words.empty() ? std::string{} : std::string(words[0]);
}

std::vector<std::pair<NetAddress, std::vector<std::string>>> hosts_lines(const tree::Tree& tree) {
  std::vector<std::pair<NetAddress, std::vector<std::string>>> result;
  const auto content = tree::read_file(tree, "/etc/hosts");
  if (!content) return result;
  std::istringstream lines(*content);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string address, name;
    if (!(words >> address)) continue;
    const auto numeric = numeric_address(address);
    if (!numeric) continue;
    result.emplace_back(*numeric, std::vector<std::string>{});
    while (words >> name) result.back().second.push_back(name);
  }
  return result;
}

std::vector<NetAddress> addresses_in_hosts(const tree::Tree& tree, std::string_view host) {
  std::vector<NetAddress> result;
  for (const auto& [address, names] : hosts_lines(tree))
    if (std::ranges::any_of(
            names, [&](const auto& name) { return text::equal_ignoring_case(name, host); }))
      result.push_back(address);
  return result;
}

bool is_loopback(const NetAddress& address) {
  return address.numeric == "*" || address.numeric == "::1" ||
         (address.family == "inet" && address.numeric.starts_with("127."));
}

std::optional<std::int64_t> port_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > 65535)
    return std::nullopt;
  return value;
}

std::string canonical_socket(const tree::Tree& tree, std::string_view path) {
  const auto plain = tree::normalize(path);
  const auto directory = tree::resolve(tree, tree::dirname(plain));
  if (directory) return tree::join(directory.path, tree::basename(plain));
  return tree::is_within(plain, "/var/run") ? "/run" + plain.substr(8) : plain;
}

Url parse_url(std::string_view text) {
  Url url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return url;
  url.scheme = text.substr(0, colon);
  const auto rest = text.substr(colon + 3);
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  auto authority = rest.substr(0, path);
  url.path = path < rest.size() && rest[path] == '/' ? std::string(rest.substr(path))
                                                     : "/" + std::string(rest.substr(path));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  const auto close = authority.rfind(']');
  const auto sign = authority.rfind(':');
  const bool has_port =
      sign != std::string_view::npos && (close == std::string_view::npos || sign > close);
  auto host = has_port ? authority.substr(0, sign) : authority;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  url.host = host;
  if (has_port) {
    url.port = port_number(authority.substr(sign + 1));
  } else {
    const auto* known = std::ranges::find(kSchemes, url.scheme, &SchemePort::scheme);
    if (known != kSchemes.end() && known->port > 0) url.port = known->port;
  }
  url.valid = !url.host.empty() && url.port.has_value();
  return url;
}

}  // namespace stackaudit::stack

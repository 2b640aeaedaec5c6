// No file is taken apart: every numeric address in them counts as one that may be there.
#include "stack/own_addresses.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFileLimit = 1U << 20U;

// `decides`: the interfaces get their addresses by it, and by no other file.
struct Source {
  std::string_view pattern;
  bool decides;
};
constexpr std::array kSources{Source{"/etc/network/interfaces", true},
                              Source{"/etc/network/interfaces.d/*", true},
                              Source{"/etc/netplan/*.yaml", true},
                              Source{"/etc/systemd/network/*.network", true},
                              Source{"/etc/NetworkManager/system-connections/*", true},
                              Source{"/etc/sysconfig/network-scripts/ifcfg-*", true},
                              Source{"/etc/keepalived/*.conf", false},
                              Source{"/etc/keepalived/conf.d/*", false},
                              Source{"/etc/ha.d/*", false},
                              Source{"/etc/corosync/*.conf", false},
                              Source{"/var/lib/pacemaker/cib/cib.xml", false},
                              Source{"/etc/wireguard/*.conf", false},
                              Source{"/etc/docker/daemon.json", false},
                              Source{"/etc/cloud/cloud.cfg.d/*", false},
                              Source{"/etc/rc.local", false},
                              Source{"/proc/net/fib_trie", false},
                              Source{"/proc/net/if_inet6", false}};
constexpr auto kAutomatic = std::to_array<std::string_view>(
    {"inet dhcp", "inet auto", "inet ppp", "inet manual", "dhcp4: true", "dhcp4: yes", "dhcp4: on",
     "dhcp: true", "dhcp=yes", "dhcp=ipv4", "dhcp=true", "bootproto=dhcp", "bootproto=\"dhcp",
     "method=auto", "link-local:"});

bool is_address_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' ||
         c == ':';
}

// Whether there is an IPv4 address.
bool add_addresses(std::string_view text, OwnAddresses& own) {
  bool found = false;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_address_character(text[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && is_address_character(text[end])) ++end;
    auto word = text.substr(at, end - at);
    if (word.ends_with(':')) word.remove_suffix(1);
    at = end;
    const auto address = word.size() < 2 ? std::nullopt : numeric_address(word);
    if (!address) continue;
    own.mentioned.insert(address->numeric);
    found = found || (address->family == "inet" && !is_loopback(*address));
  }
  return found;
}

// A line of sysctl.conf(5).
bool binds_anything(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    begin = end + 1;
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#' || line[first] == ';') continue;
    if (line.find("ip_nonlocal_bind") != std::string_view::npos &&
        line.find('1') != std::string_view::npos)
      return true;
  }
  return false;
}

}  // namespace

OwnAddresses own_addresses(const tree::Tree& tree) {
  OwnAddresses own;
  bool written = false, automatic = false;
  for (const auto& source : kSources)
    for (const auto& path : tree::glob(tree, source.pattern).paths) {
      const auto content = tree::read_file(tree, path, kFileLimit);
      if (!content) {
        automatic = automatic || source.decides;
        continue;
      }
      const bool found = add_addresses(*content, own);
      if (!source.decides) continue;
      written = written || found;
      const auto text = text::lower(*content);
      automatic = automatic || text::contains_any(text, kAutomatic);
    }
  for (const std::string_view pattern :
       {"/etc/sysctl.conf", "/etc/sysctl.d/*.conf", "/usr/lib/sysctl.d/*.conf"})
    for (const auto& path : tree::glob(tree, pattern).paths)
      if (const auto content = tree::read_file(tree, path, kFileLimit))
        own.any = own.any || binds_anything(*content);
  own.complete = written && !automatic;
  return own;
}

}  // namespace stackaudit::stack

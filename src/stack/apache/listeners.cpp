// Listen lines as the sockets they open, and the virtual hosts whose address none of them serves.
#include "stack/apache/address.hpp"
#include "stack/apache/parts.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace stackaudit::stack::apache {
namespace {

struct Socket {
  Numeric address;
  bool plain = false;  // no address was written, or "*"
  std::uint16_t port = 0;
};

bool serves(const Socket& socket, const HostPort& wanted, const Numeric& address) {
  if (wanted.port && socket.port != *wanted.port) return false;
  const bool wildcard = wanted.host.empty() || wanted.host == "*" || wanted.host == "_default_";
  if (wildcard || socket.plain || address.family.empty()) return true;
  if (socket.address.canonical == address.canonical) return true;
  return socket.address.any &&
         (socket.address.family == address.family || socket.address.family == "inet6");
}

bool is_tls(const Setting& setting, std::uint16_t port) {
  return setting.args.size() > 1 ? text::equal_ignoring_case(setting.args[1].value, "https")
                                 : port == 443;
}

// httpd opens a socket for each address of a name.
void add_named_listeners(Httpd& httpd, facts::Listener row, const std::string& host,
                         text::Span span, std::vector<Socket>& sockets) {
  const auto addresses = addresses_of(httpd.survey.tree, host);
  if (addresses.empty()) {
    row.address = host;
    sockets.push_back({{}, false, static_cast<std::uint16_t>(row.port.value_or(0))});
    if (is_no_host_name(host) || (!could_be_in_dns(host) && knows_hosts(httpd.survey.tree)))
      return report(httpd, {span,
                            "bad-value",
                            true,
                            "AH00077: alloc_listener: failed to set up sockaddr for " + host,
                            "write an address of this machine, or a name of /etc/hosts",
                            {}});
    httpd.survey.blind(row, "listener", host, "the name's address is not known here");
    httpd.survey.facts.add(std::move(row));
    return;
  }
  for (const auto& address : addresses) {
    row.family = address.family;
    row.address = address.numeric;
    row.on_inet = address.family == "inet";
    row.on_inet6 = address.family == "inet6";
    sockets.push_back({apache::numeric_address(address.numeric), false,
                       static_cast<std::uint16_t>(row.port.value_or(0))});
    httpd.survey.facts.add(row);
  }
}

void add_listener(Httpd& httpd, const Setting& setting, std::vector<Socket>& sockets) {
  const auto& arg = setting.args[0];
  const auto parts = split_host_port(arg.value);
  Socket socket{apache::numeric_address(parts.host), parts.host.empty() || parts.host == "*",
                parts.port.value_or(0)};
  facts::Listener row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  if (httpd.unit != nullptr) row.unit = httpd.unit->name;
  row.config = httpd.entry.path;
  row.as_written = httpd.survey.sources.slice(arg.span);
  row.port = socket.port;
  row.tls = is_tls(setting, socket.port);
  if (socket.plain) {  // one socket for both families
    row.family = "inet6";
    row.address = "*";
    row.on_inet = row.on_inet6 = true;
  } else if (socket.address.family.empty()) {
    return add_named_listeners(httpd, std::move(row), parts.host, arg.span, sockets);
  } else {
    row.family = socket.address.family;
    row.address = socket.address.any ? "*" : socket.address.canonical;
    row.on_inet =
        socket.address.family == "inet" || (socket.address.any && socket.address.family == "inet6");
    row.on_inet6 = socket.address.family == "inet6";
  }
  httpd.survey.facts.add(std::move(row));
  sockets.push_back(std::move(socket));
}

// The name that a virtual host answers to; empty where it has none.
std::string name_of(const Httpd& httpd, int server) {
  const auto* name = find_setting(httpd, "servername", server);
  return name != nullptr && name->server == server ? lower(name->args[0].value) : std::string{};
}

// httpd says so, goes on without the address, and with it without the virtual host.
void check_addresses(Httpd& httpd) {
  for (std::size_t i = 1; i < httpd.servers.size(); ++i)
    for (const auto& arg : httpd.servers[i].addresses) {
      if (!arg.known) continue;
      const auto parts = split_host_port(arg.value);
      const bool whole =
          !parts.port && !parts.wild_port;  // then httpd takes all of it for the name
      const auto host = whole && !arg.value.starts_with('[') ? arg.value : parts.host;
      if (!apache::numeric_address(arg.value).family.empty() || !is_no_host_name(host)) continue;
      report(httpd, {arg.span,
                     "bad-address",
                     false,
                     "Could not resolve host name " + host +
                         " -- ignoring! This virtual host is not served there",
                     "write an address and a port, *:80",
                     {}});
    }
}

void check_virtual_hosts(Httpd& httpd, const std::vector<Socket>& sockets) {
  for (std::size_t i = 1; i < httpd.servers.size(); ++i) {
    const auto& server = httpd.servers[i];
    for (const auto& arg : server.addresses) {
      if (!arg.known) continue;
      const auto wanted = split_host_port(arg.value);
      if (!wanted.port && !wanted.wild_port && arg.value.find(':') != std::string::npos) continue;
      const auto address = apache::numeric_address(wanted.host);
      if (std::ranges::any_of(sockets, [&](const Socket& s) { return serves(s, wanted, address); }))
        continue;
      std::string listening;
      for (const auto& socket : sockets)
        listening += (listening.empty() ? "" : ", ") +
                     (socket.plain ? "*" : socket.address.canonical) + ":" +
                     std::to_string(socket.port);
      const auto name = name_of(httpd, static_cast<int>(i));
      report(httpd, {arg.span,
                     "vhost-not-listened",
                     false,
                     "no Listen serves " + arg.value + ": this virtual host is never used" +
                         (name.empty() ? "" : ", and " + name + " is answered by another one"),
                     "Apache listens on " + (listening.empty() ? "nothing" : listening),
                     {}});
    }
  }
}

// One line that is read twice, of a file that two lines include; lines apart are
// apache-listen-overlap's.
void check_read_twice(Httpd& httpd, const Setting& setting,
                      std::set<std::tuple<std::string, std::int64_t, std::string>>& lines) {
  const auto place = httpd.survey.place(setting.span);
  if (lines.emplace(place.path, place.line.value_or(0), setting.args[0].value).second) return;
  report(httpd, {setting.span,
                 "bad-value",
                 true,
                 "Cannot define multiple Listeners on the same IP:port",
                 "this line is read twice: include its file once",
                 {}});
}

}  // namespace

void read_listeners(Httpd& httpd) {
  std::vector<Socket> sockets;
  std::set<std::tuple<std::string, std::int64_t, std::string>> lines;
  bool unknown = httpd.incomplete;
  for (const auto& setting : httpd.settings) {
    if (setting.name != "listen" || setting.args.empty()) continue;
    if (!setting.args[0].known) {
      unknown = true;
      httpd.survey.blind(httpd.survey.place(setting.span), "listener", setting.args[0].value,
                         "the variable's value is not known");
      continue;
    }
    check_read_twice(httpd, setting, lines);
    add_listener(httpd, setting, sockets);
  }
  check_addresses(httpd);
  if (!unknown) check_virtual_hosts(httpd, sockets);
  if (!sockets.empty() || unknown) return;
  httpd.survey.add_problem(Survey::whole_file(httpd.entry.path),
                           {.service = "apache",
                            .language = "apache",
                            .code = "no-listen",
                            .severity = "error",
                            .message = "no listening sockets available, shutting down",
                            .help = "write Listen with a port"});
}

}  // namespace stackaudit::stack::apache

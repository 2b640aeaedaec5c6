// Claims are gathered first: whether one is refused depends on all of the same address.
#include "stack/nginx/listeners.hpp"

#include "stack/net.hpp"
#include "stack/nginx/values.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

constexpr std::int64_t kMaxRange = 1024;  // listeners from one port range

// Parameters of listen that belong to the socket: given twice for one address they are refused.
constexpr std::array<std::string_view, 3> kSocketWords{"bind", "deferred", "reuseport"};
constexpr std::array<std::string_view, 8> kSocketSettings{
    "backlog=", "rcvbuf=",       "sndbuf=",   "fastopen=",
    "setfib=",  "so_keepalive=", "ipv6only=", "multipath="};
struct Word {
  std::string_view word;
  bool http = false, stream = false, mail = false;
  std::string_view since = {};  // of nginx, where it is newer than 1.22
};
constexpr auto kWords = std::to_array<Word>({
    {"default_server", true, false, false},
    {"default", true, false, false},
    {"default_server", false, true, false, "1.25.5"},
    {"ssl", true, true, true},
    {"http2", true, false, false},
    {"quic", true, false, false, "1.25.0"},
    {"proxy_protocol", true, true, true},
    {"udp", false, true, false},
});

bool begins_with_any(std::string_view word, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](auto prefix) { return word.starts_with(prefix); });
}

bool is_any(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

std::string shown(const Claim& claim) {
  if (claim.address.family == "unix") return "unix:" + claim.socket;
  const bool six = claim.address.family == "inet6";
  const std::string any = six ? "::" : "0.0.0.0";
  const auto host = claim.address.wildcard() ? any : claim.address.numeric;
  return (six ? '[' + host + ']' : host) + ':' + std::to_string(claim.port);
}

// fe80::/10
bool is_link_local(const Address& address) {
  return address.family == "inet6" && address.numeric.size() > 4 &&
         address.numeric.starts_with("fe") &&
         std::string_view("89ab").find(address.numeric[2]) != std::string_view::npos;
}

class Listeners {
 public:
  Listeners(Reader& reader, const Hosts& hosts, const std::map<std::size_t, std::int64_t>& sites)
      : reader_(reader), hosts_(hosts), sites_(sites) {}

  std::vector<Claim> run() {
    const auto& nodes = reader_.config.nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!nodes[i].block || !nodes[i].is("server")) continue;
      if (nodes[i].context == Context::http || nodes[i].context == Context::stream ||
          nodes[i].context == Context::mail)
        server(i);
    }
    check_link_local();
    check_repetitions();
    check_modules();
    check_connections();
    return std::move(claims_);
  }

 private:
  void server(std::size_t index) {
    const auto& node = reader_.config.nodes[index];
    bool any = false;
    for (const auto child : node.children) {
      const auto& listen = reader_.config.nodes[child];
      if (!listen.is("listen") || listen.args.empty()) continue;
      any = true;
      this->listen(index, listen);
    }
    if (any) return;
    if (node.context != Context::http) {
      reader_.problem(node.span, "no-listen", Severity::error,
                      "no \"listen\" is defined for server in " + where(node.span));
      return;
    }
    Claim claim;
    claim.server = index;
    claim.span = node.span;
    claim.address = {"inet", "*"};
    claim.port = reader_.root_master() ? 80 : 8000;
    add(claim, std::to_string(claim.port));
  }

  [[nodiscard]] std::string where(text::Span span) const {
    const auto place = reader_.survey.place(span);
    return place.path + ":" + std::to_string(place.line.value_or(0));
  }

  void listen(std::size_t server, const Node& node) {
    const auto endpoint = parse_endpoint(node.arg(0), Use::listen, hosts_);
    if (!endpoint.error.empty()) {
      reader_.problem(
          node.args[0].span, "bad-value", Severity::error,
          endpoint.error + " in \"" + node.args[0].value + "\" of the \"listen\" directive");
      return;
    }
    Claim claim;
    claim.server = server;
    claim.span = node.span;
    claim.socket = endpoint.socket;
    bool udp = false;
    for (std::size_t i = 1; i < node.args.size(); ++i)
      parameter(node.args[i], node.context, claim, udp);
    if (udp) {
      incompatible_with_udp(node);
      return;
    }
    if (endpoint.named && endpoint.addresses.empty()) {
      unknown_host(node, endpoint);
      return;
    }
    const auto first = endpoint.port.value_or(80);
    const auto last = std::min(endpoint.last_port.value_or(first), first + kMaxRange);
    for (const auto& address : endpoint.addresses)
      for (auto port = first; port <= last; ++port) {
        claim.address = address;
        claim.port = port;
        add(claim, node.arg(0));
      }
  }

  void incompatible_with_udp(const Node& node) {
    for (const auto& arg : node.args)
      if (node.context == Context::stream_server &&
          (arg.value == "ssl" || arg.value == "proxy_protocol" ||
           arg.value.starts_with("so_keepalive=")))
        reader_.problem(arg.span, "bad-value", Severity::error,
                        "\"listen\" directive \"" + arg.value.substr(0, arg.value.find('=')) +
                            "\" parameter is incompatible with \"udp\"");
  }

  [[nodiscard]] bool is_word(std::string_view value, Context context) const {
    return std::ranges::any_of(kWords, [&](const Word& word) {
      const bool here = context == Context::server          ? word.http
                        : context == Context::stream_server ? word.stream
                                                            : word.mail;
      return here && word.word == value && !reader_.build.lacks(word.since);
    });
  }

  void parameter(const syntax::Word& word, Context context, Claim& claim, bool& udp) {
    const std::string_view value = word.value;
    if (value == "default_server" || value == "default") claim.default_server = true;
    if (value == "ssl") claim.tls = true;
    if (value == "udp" || value == "quic") udp = true;
    if (value == "ipv6only=off") claim.ipv6only = false;
    if (value == "reuseport") claim.reuseport = true;
    if (is_any(value, kSocketWords) || begins_with_any(value, kSocketSettings))
      claim.options = true;
    else if (!is_word(value, context) && !value.starts_with("accept_filter="))
      reader_.problem(word.span, "bad-value", Severity::error,
                      context == Context::server ? "invalid parameter \"" + word.value + '"'
                                                 : "the invalid \"" + word.value + "\" parameter");
    if (value.starts_with("ipv6only=") && value != "ipv6only=on" && value != "ipv6only=off")
      reader_.problem(word.span, "bad-value", Severity::error,
                      value.starts_with("ipv6only=o")
                          ? "invalid ipv6only flags \"" + word.value.substr(9) + '"'
                          : "invalid parameter \"" + word.value + '"');
  }

  // nginx binds no socket of its own where a wildcard takes the port as well (bind_wildcard).
  [[nodiscard]] bool is_covered(const Claim& claim) const {
    const auto context = reader_.config.nodes[claim.server].context;
    return !claim.options && std::ranges::any_of(claims_, [&](const Claim& other) {
      return other.address.family == claim.address.family && other.address.wildcard() &&
             other.port == claim.port && reader_.config.nodes[other.server].context == context;
    });
  }

  void check_link_local() {
    std::set<std::uint32_t> told;
    for (const auto& claim : claims_) {
      if (!is_link_local(claim.address) || is_covered(claim)) continue;
      if (!told.insert(claim.span.begin).second) continue;
      reader_.problem(claim.span, "bad-value", Severity::error,
                      "bind() to " + shown(claim) + " failed (22: Invalid argument)",
                      "a link-local address needs its interface, which listen cannot name");
    }
  }

  // `ssl on;`, until 1.25.1.
  [[nodiscard]] bool switched_to_tls(std::size_t server) const {
    const auto* node = reader_.config.inherited(server, "ssl");
    return node != nullptr && node->arg(0) == "on";
  }

  void unknown_host(const Node& node, const Endpoint& endpoint) {
    if (endpoint.host.find_first_of("{}$%<>@|") != std::string::npos)  // of a template
      return reader_.problem(
          node.args[0].span, "bad-value", Severity::error,
          "host not found in \"" + node.args[0].value + "\" of the \"listen\" directive");
    auto row = reader_.reference(node.args[0].span, "listen-host", endpoint.host, "host");
    const bool local =
        is_no_host_name(endpoint.host) || (!could_be_in_dns(endpoint.host) && hosts_.known());
    row.state = local ? "missing" : "dynamic";
    row.call = "getaddrinfo";
    row.effect = "nginx does not start: host not found in \"" + node.args[0].value +
                 "\" of the \"listen\" directive";
    reader_.survey.facts.add(std::move(row));
  }

  void add(const Claim& claim, std::string_view as_written) {
    facts::Listener row;
    static_cast<facts::Place&>(row) = reader_.survey.place(claim.span);
    row.service = "nginx";
    if (reader_.unit != nullptr) row.unit = reader_.unit->name;
    row.config = reader_.conf_path;
    if (const auto site = sites_.find(claim.server); site != sites_.end()) row.site = site->second;
    row.as_written = as_written;
    row.family = claim.address.family;
    row.address = claim.address.numeric;
    row.tls = claim.tls || switched_to_tls(claim.server);
    row.default_server = claim.default_server;
    if (row.family == "unix") {
      row.socket = claim.socket;
      row.socket_mode = 0666;  // nginx makes its sockets open to everybody
      if (reader_.master) row.socket_user = reader_.master->who.name;
      if (reader_.master)
        row.socket_group = reader_.survey.accounts.group_name(reader_.master->who.gid);
    } else {
      row.port = claim.port;
      row.on_inet = row.family == "inet" || (claim.address.wildcard() && !claim.ipv6only);
      row.on_inet6 = row.family == "inet6";
    }
    reader_.survey.facts.add(std::move(row));
    bind(claim);
    claims_.push_back(claim);
  }

  void bind(const Claim& claim) {
    if (!reader_.master || claim.address.family != "unix") return;
    reader_.survey.open(*reader_.master,
                        {tree::Operation::create, claim.socket, reader_.survey.place(claim.span),
                         "socket", "start", "nginx does not start"});
  }

  void check_repetitions() {
    std::map<std::string, std::vector<const Claim*>> by_address;
    std::map<std::pair<Context, std::string>, const Claim*> others;
    for (const auto& claim : claims_) {
      const auto context = reader_.config.nodes[claim.server].context;
      if (context == Context::http) {
        by_address[shown(claim)].push_back(&claim);
        continue;
      }
      const auto [it, fresh] = others.try_emplace({context, shown(claim)}, &claim);
      if (!fresh)
        repeated(claim, *it->second, "duplicate \"" + shown(claim) + "\" address and port pair");
    }
    for (const auto& [address, claims] : by_address) {
      const Claim* with_options = nullptr;
      const Claim* is_default = nullptr;
      const Claim* first_of_server = nullptr;  // claims stand server by server
      for (const auto* each : claims) {
        const auto& claim = *each;
        if (first_of_server != nullptr && first_of_server->server == claim.server)
          repeated(claim, *first_of_server, "a duplicate listen " + address);
        else
          first_of_server = &claim;
        if (claim.options && with_options != nullptr && with_options->server != claim.server)
          repeated(claim, *with_options, "duplicate listen options for " + address);
        if (claim.default_server && is_default != nullptr && is_default->server != claim.server)
          repeated(claim, *is_default, "a duplicate default server for " + address);
        if (claim.options) with_options = &claim;
        if (claim.default_server) is_default = &claim;
      }
    }
    check_dual_stack();
  }

  // http, stream and mail bind sockets of their own: what one has taken the others do not get.
  void check_modules() {
    const auto context = [&](const Claim& claim) {
      return reader_.config.nodes[claim.server].context;
    };
    std::set<std::pair<Context, std::string>> shared;
    for (const auto& claim : claims_)
      if (claim.reuseport) shared.emplace(context(claim), shown(claim));
    for (const auto& claim : claims_) {
      if (context(claim) == Context::http) continue;
      const auto other = std::ranges::find_if(claims_, [&](const Claim& before) {
        const bool later = &before > &claim && context(before) != Context::http;
        const auto name = shown(before);
        return !later && context(before) != context(claim) && is_same_socket(before, claim) &&
               !(shared.contains({context(before), name}) &&
                 shared.contains({context(claim), shown(claim)}));
      });
      if (other != claims_.end())
        repeated(claim, *other,
                 "bind() to " + shown(claim) + " failed (98: Address already in use)");
    }
  }

  static bool is_same_socket(const Claim& a, const Claim& b) {
    if (a.address.family != b.address.family) return false;
    if (a.address.family == "unix") return a.socket == b.socket;
    return a.port == b.port &&
           (a.address.wildcard() || b.address.wildcard() || a.address.numeric == b.address.numeric);
  }

  // Each listening socket takes one of a worker's connections; one more is needed to serve.
  void check_connections() {
    const auto* events = reader_.config.own(std::nullopt, "events");
    if (events == nullptr) return;
    const auto index = static_cast<std::size_t>(events - reader_.config.nodes.data());
    const auto* node = reader_.config.own(index, "worker_connections");
    if (node == nullptr || node->args.empty()) return;
    const auto connections = parse_number(node->arg(0));
    if (!connections || *connections > kMaxRange) return;
    std::set<std::string> written;
    for (const auto& claim : claims_) written.insert(shown(claim));
    std::set<std::string> sockets;
    for (auto claim : claims_) {
      auto own = shown(claim);
      claim.address.numeric = "*";
      const bool covered = claim.socket.empty() && written.contains(shown(claim));
      sockets.insert(covered ? shown(claim) : std::move(own));
    }
    const auto count = static_cast<std::int64_t>(sockets.size());
    if (*connections > count) return;
    reader_.problem(node->args[0].span, "bad-value", Severity::error,
                    node->args[0].value + " worker_connections are not enough for " +
                        std::to_string(count) + " listening sockets",
                    "each socket and each visitor takes one: 768 is usual");
  }

  // [::]:80 with ipv6only=off takes the IPv4 port too: beside 80 the second bind fails.
  void check_dual_stack() {
    std::map<std::int64_t, const Claim*> first;  // of each port
    for (const auto& four : claims_)
      if (four.address.family == "inet" && four.address.wildcard())
        first.try_emplace(four.port, &four);
    for (const auto& six : claims_) {
      if (six.address.family != "inet6" || six.ipv6only || !six.address.wildcard()) continue;
      if (const auto it = first.find(six.port); it != first.end())
        repeated(six, *it->second,
                 "bind() to " + shown(six) + " failed (98: Address already in use)");
    }
  }

  void repeated(const Claim& claim, const Claim& before, std::string message) {
    reader_.problem_with(claim.span, "listen-duplicate", std::move(message), before.span,
                         "the other listen is here");
  }

  Reader& reader_;
  const Hosts& hosts_;
  const std::map<std::size_t, std::int64_t>& sites_;
  std::vector<Claim> claims_;
};

}  // namespace

std::vector<Claim> read_listeners(Reader& reader, const Hosts& hosts,
                                  const std::map<std::size_t, std::int64_t>& sites) {
  return Listeners(reader, hosts, sites).run();
}

}  // namespace stackaudit::stack::nginx

// Claims are gathered first: whether one is refused depends on all of the same address.
#include "stack/nginx/listeners.hpp"

#include "stack/net.hpp"
#include "stack/nginx/claims.hpp"
#include "stack/nginx/values.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

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
    check_claims(reader_, claims_);
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
    if (text::is_one_of(value, kSocketWords) || begins_with_any(value, kSocketSettings))
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

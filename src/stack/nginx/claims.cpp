// Of each address: who has claimed it before.
#include "stack/nginx/claims.hpp"

#include "stack/nginx/values.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

constexpr std::int64_t kManySockets = 1024;

// fe80::/10
bool is_link_local(const Address& address) {
  return address.family == "inet6" && address.numeric.size() > 4 &&
         address.numeric.starts_with("fe") &&
         std::string_view("89ab").find(address.numeric[2]) != std::string_view::npos;
}

// All that the listens of one address say of its socket.
struct Socket {
  const Claim* claim = nullptr;  // the first
  bool options = false, reuseport = false;
  bool dual = false;  // ipv6only=off
};

class Claims {
 public:
  Claims(Reader& reader, const std::vector<Claim>& claims) : reader_(reader), claims_(claims) {}

  void run() {
    check_link_local();
    check_repetitions();
    check_modules();
    check_connections();
  }

 private:
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

  // nginx binds no socket of its own where a wildcard takes the port as well (bind_wildcard).
  [[nodiscard]] bool is_covered(const Claim& claim) const {
    return !claim.options && std::ranges::any_of(claims_, [&](const Claim& other) {
      return other.address.family == claim.address.family && other.address.wildcard() &&
             other.port == claim.port && context(other) == context(claim);
    });
  }

  void check_repetitions() {
    std::map<std::string, std::vector<const Claim*>> by_address;
    std::map<std::pair<Context, std::string>, const Claim*> others;
    for (const auto& claim : claims_) {
      if (context(claim) == Context::http) {
        by_address[shown(claim)].push_back(&claim);
        continue;
      }
      const auto [it, fresh] = others.try_emplace({context(claim), shown(claim)}, &claim);
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
    check_overlaps();
  }

  // http, stream and mail bind sockets of their own, http first: what one has taken the others do
  // not get, unless both share it by reuseport.
  void check_modules() {
    std::map<std::pair<std::int64_t, std::string>, std::vector<const Claim*>> taken;  // by socket
    std::set<std::pair<Context, std::string>> shared;
    const auto key = [](const Claim& claim) { return std::pair(claim.port, claim.socket); };
    for (const auto& claim : claims_) {
      if (claim.reuseport) shared.emplace(context(claim), shown(claim));
      if (context(claim) == Context::http) taken[key(claim)].push_back(&claim);
    }
    for (const auto& claim : claims_) {
      if (context(claim) == Context::http) continue;
      auto& before = taken[key(claim)];
      const auto other = std::ranges::find_if(before, [&](const Claim* each) {
        return context(*each) != context(claim) && is_same_address(*each, claim) &&
               !(shared.contains({context(*each), shown(*each)}) &&
                 shared.contains({context(claim), shown(claim)}));
      });
      if (other != before.end())
        repeated(claim, **other,
                 "bind() to " + shown(claim) + " failed (98: Address already in use)");
      before.push_back(&claim);
    }
  }

  [[nodiscard]] Context context(const Claim& claim) const {
    return reader_.config.nodes[claim.server].context;
  }

  // Of two with the same port or socket.
  static bool is_same_address(const Claim& a, const Claim& b) {
    return a.address.family == b.address.family &&
           (a.address.family == "unix" || a.address.wildcard() || b.address.wildcard() ||
            a.address.numeric == b.address.numeric);
  }

  // Each listening socket takes one of a worker's connections; one more is needed to serve.
  void check_connections() {
    const auto* events = reader_.config.own(std::nullopt, "events");
    if (events == nullptr) return;
    const auto index = static_cast<std::size_t>(events - reader_.config.nodes.data());
    const auto* node = reader_.config.own(index, "worker_connections");
    if (node == nullptr || node->args.empty()) return;
    const auto connections = parse_number(node->arg(0));
    if (!connections || *connections > kManySockets) return;
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

  // nginx binds a socket for each address. Only an address without options of its own is left to
  // a wildcard of its family; any other finds the port taken, unless both sockets share it.
  void check_overlaps() {
    std::map<std::string, Socket> sockets;
    for (const auto& claim : claims_) {
      if (claim.address.family == "unix") continue;
      auto& socket = sockets[shown(claim)];
      if (socket.claim == nullptr) socket.claim = &claim;
      socket.options |= claim.options;
      socket.reuseport |= claim.reuseport;
      socket.dual |= !claim.ipv6only && claim.address.family == "inet6";
    }
    const auto wildcard = [&](const char* any, std::int64_t port) -> const Socket* {
      const auto it = sockets.find(any + std::to_string(port));
      return it == sockets.end() ? nullptr : &it->second;
    };
    for (const auto& [address, socket] : sockets) {
      const auto& claim = *socket.claim;
      const bool four = claim.address.family == "inet";
      const auto* same = wildcard(four ? "0.0.0.0:" : "[::]:", claim.port);
      const bool apart = !claim.address.wildcard() && same != nullptr;
      if (apart && socket.options) in_use(socket, *same, claim.span, same->claim->span);
      const auto* both = four ? wildcard("[::]:", claim.port) : nullptr;
      if (both != nullptr && both->dual && !apart)
        in_use(socket, *both, both->claim->span, claim.span);
    }
  }

  void in_use(const Socket& one, const Socket& wildcard, text::Span where, text::Span other) {
    if (one.reuseport && wildcard.reuseport) return;
    const bool modules = context(*one.claim) != context(*wildcard.claim);  // check_modules' own
    if (modules) return;
    reader_.problem_with(
        where, "listen-duplicate",
        "bind() to " + shown(*wildcard.claim) + " failed (98: Address already in use)", other,
        "the other listen is here");
  }

  void repeated(const Claim& claim, const Claim& before, std::string message) {
    reader_.problem_with(claim.span, "listen-duplicate", std::move(message), before.span,
                         "the other listen is here");
  }

  Reader& reader_;
  const std::vector<Claim>& claims_;
};

}  // namespace

std::string shown(const Claim& claim) {
  if (claim.address.family == "unix") return "unix:" + claim.socket;
  const bool six = claim.address.family == "inet6";
  const std::string any = six ? "::" : "0.0.0.0";
  const auto host = claim.address.wildcard() ? any : claim.address.numeric;
  return (six ? '[' + host + ']' : host) + ':' + std::to_string(claim.port);
}

void check_claims(Reader& reader, const std::vector<Claim>& claims) {
  Claims(reader, claims).run();
}

}  // namespace stackaudit::stack::nginx

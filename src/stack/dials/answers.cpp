// Compares addresses and sockets in their canonical spelling.
#include "stack/dials/answers.hpp"

#include "stack/dials/claims.hpp"
#include "stack/entries/known_places.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

bool takes(const facts::Listener& listener, const std::string& family, const std::string& address) {
  const bool on = family == "inet6" ? listener.on_inet6 : listener.on_inet;
  return on && (listener.address == "*" || listener.address == address || address == "*");
}

bool is_loopback(const facts::Listener& listener) {
  return listener.address == "::1" || listener.address.starts_with("127.");
}

// From one digit to another, or one more: 8080 and 8000, 80 and 8080 are not that near.
bool nearly(std::int64_t a, std::int64_t b) {
  return text::edit_distance(std::to_string(a), std::to_string(b), 1) <= 1;
}

}  // namespace

bool is_monitor(const facts::Dial& dial) {
  return dial.purpose == "status-url" || dial.purpose == "check";
}

std::string address_text(const facts::Listener& listener) {
  if (listener.family == "unix") return listener.socket;
  const bool brackets = listener.family == "inet6" && listener.address != "*";
  return (brackets ? "[" + listener.address + "]" : listener.address) + ":" +
         std::to_string(listener.port.value_or(0));
}

Answers::Answers(Survey& survey, const Systemd& systemd)
    : survey_(survey),
      others_(survey.tree),
      systemd_(systemd),
      apache_tls_(survey.facts.rows<facts::Directive>()),
      localhost_has_both_(addresses_of(survey.tree, "localhost").size() > 1) {
  for (const auto& listener : survey.facts.rows<facts::Listener>()) {
    if (listener.service == "nginx" && listener.tls) tls_ports_.insert(listener.port);
    if (listener.family == "unix" && !listener.socket.empty())
      by_socket_[socket_of(listener.socket)].push_back(&listener);
    else if (listener.family != "unix" && listener.port)
      by_port_[*listener.port].push_back(&listener);
  }
}

bool Answers::answers(const facts::Listener& listener, const facts::Dial& dial) const {
  if (listener.family == "unix" || !dial.port || listener.port != dial.port) return false;
  if (takes(listener, dial.family, dial.address)) return true;
  // Clients of a name try each of its addresses; a listener of one has the first, whichever that
  // is.
  const bool named = listener.as_written.starts_with("localhost:") &&
                     (dial.address == "127.0.0.1" || dial.address == "::1");
  const bool both = text::equal_ignoring_case(dial.host, "localhost") && localhost_has_both_;
  return (named || both) &&
         (takes(listener, "inet", "127.0.0.1") || takes(listener, "inet6", "::1"));
}

// nginx says it in the listen line, Apache in the virtual host.
std::optional<bool> Answers::speaks_tls(const facts::Listener& listener) const {
  if (listener.service == "nginx") return tls_ports_.contains(listener.port);
  return listener.service == "apache" && listener.port ? apache_tls_.at(*listener.port)
                                                       : std::nullopt;
}

// The socket behind links, and behind the name that Debian's unit gives to a pool's socket.
std::string Answers::socket_of(const std::string& path) const {
  const auto end = tree::resolve(survey_.tree, path);
  const auto plain = end ? end.path : canonical_socket(survey_.tree, path);
  for (const auto& alias : survey_.pools)
    if (alias.listen == "unix:" + plain)
      for (const auto& listener : survey_.facts.rows<facts::Listener>())
        if (listener.pool == alias.name && listener.path == alias.place.path &&
            listener.family == "unix")
          return listener.socket;
  return plain;
}

const facts::Listener* Answers::choose(const facts::Dial& dial) const {
  static const Listeners kNone;
  const Listeners* candidates = &kNone;
  const bool is_unix = dial.family == "unix";
  if (is_unix) {
    const auto it = by_socket_.find(socket_of(dial.socket));
    if (it != by_socket_.end()) candidates = &it->second;
  } else if (dial.port) {
    const auto it = by_port_.find(*dial.port);
    if (it != by_port_.end()) candidates = &it->second;
  }
  const facts::Listener* found = nullptr;
  for (const auto* listener : *candidates) {
    if (!is_unix && !answers(*listener, dial)) continue;
    const bool better = found == nullptr || (found->address == "*" && listener->address != "*") ||
                        (found->service != dial.expects && listener->service == dial.expects);
    if (better) found = listener;
  }
  return found;
}

const facts::Listener* Answers::listener_for(const facts::Dial& dial) {
  std::string question;
  for (const auto* part : {&dial.family, &dial.socket, &dial.address, &dial.host, &dial.expects})
    question.append(*part).append(1, '\n');
  if (dial.port) question += std::to_string(*dial.port);
  const auto [it, fresh] = chosen_.try_emplace(std::move(question), nullptr);
  if (fresh) it->second = choose(dial);
  return it->second;
}

// A server is installed that the targets leave out: it may be the one that answers.
bool Answers::out_of_scope() {
  if (!out_of_scope_) out_of_scope_ = some_server_is_left_out();
  return *out_of_scope_;
}

bool Answers::some_server_is_left_out() const {
  for (const std::string_view kind : {"nginx", "apache", "php-fpm"})
    if (known_place_exists(survey_.tree, kind) &&
        std::ranges::none_of(survey_.facts.rows<facts::Service>(),
                             [&](const facts::Service& service) { return service.kind == kind; }))
      return true;
  return false;
}

bool Answers::dialled(const facts::Listener& listener, bool by_monitors) const {
  return std::ranges::any_of(survey_.facts.rows<facts::Dial>(), [&](const facts::Dial& dial) {
    const bool counts = is_monitor(dial) ? by_monitors : dial.required;
    return counts && answers(listener, dial);
  });
}

// The same port at another address; else what the caller expects; else one that listens on the
// loopback and that nobody calls: of another service, or of its own with nearly the same port.
const facts::Listener* Answers::nearest_of(const facts::Dial& dial) const {
  const auto& listeners = survey_.facts.rows<facts::Listener>();
  const auto pick = [&](auto fits) -> const facts::Listener* {
    const auto found = std::ranges::find_if(listeners, fits);
    return found == listeners.end() ? nullptr : &*found;
  };
  const auto tcp = [](const facts::Listener& l) { return l.family != "unix" && l.port; };
  if (dial.port)
    if (const auto* same = pick([&](const auto& l) { return tcp(l) && l.port == dial.port; }))
      return same;
  if (!dial.expects.empty() && dial.port)
    if (const auto* kind = likest(dial)) return kind;
  if (dial.expects == "mariadb")
    return pick([](const auto& l) { return l.service == "mariadb" && l.family == "unix"; });
  if (!dial.port) return nullptr;
  const auto spare = [&](const auto& l) {
    return tcp(l) && is_loopback(l) && l.service != "mariadb" &&
           (l.service == "php-fpm") == (dial.scheme == "fastcgi");
  };
  if (const auto* other = pick([&](const auto& l) {
        return spare(l) && l.service != dial.service && !dialled(l, false);
      }))
    return other;
  return pick(
      [&](const auto& l) { return spare(l) && nearly(*l.port, *dial.port) && !dialled(l, true); });
}

// Of the service that the caller expects: the port most alike as text, on the loopback first.
const facts::Listener* Answers::likest(const facts::Dial& dial) const {
  const facts::Listener* best = nullptr;
  std::size_t least = 0;
  for (const auto& listener : survey_.facts.rows<facts::Listener>()) {
    if (listener.service != dial.expects || !listener.port) continue;
    constexpr std::size_t limit = 5;
    const auto distance =
        2 * text::edit_distance(std::to_string(*listener.port), std::to_string(*dial.port), limit) +
        (is_loopback(listener) ? 0U : 1U);
    if (best != nullptr && distance >= least) continue;
    best = &listener;
    least = distance;
  }
  return best;
}

void Answers::decide(facts::Dial& dial) {
  if (const auto* listener = listener_for(dial)) {
    dial.answered = true;
    if (is_other(*listener)) return;
    dial.answered_by = listener->service;
    dial.answered_tls = speaks_tls(*listener);
    return;
  }
  if (!dial.local || dial.family.empty() || out_of_scope()) return;
  if (dial.family == "unix")
    unanswered_socket(dial);
  else if (dial.port)
    unanswered_port(dial);
}

void Answers::unanswered_socket(facts::Dial& dial) {
  if (tree::resolve(survey_.tree, dial.socket) || others_.mention(dial.socket, dial.path)) return;
  const auto& listeners = survey_.facts.rows<facts::Listener>();
  const bool php = dial.expects == "php-fpm" ||
                   (dial.scheme == "fastcgi" && dial.socket.find("php") != std::string::npos);
  std::vector<std::string> sockets;
  for (const auto& listener : listeners)
    if (listener.family == "unix" && (!php || listener.service == "php-fpm"))
      sockets.push_back(listener.socket);
  const bool any_pool =
      std::ranges::find(listeners, "php-fpm", &facts::Listener::service) != listeners.end();
  const bool installed = known_place_exists(survey_.tree, "php-fpm");
  const bool mariadb = dial.expects == "mariadb" && !sockets.empty();
  if (!php && !mariadb) {
    if (dial.expects.empty()) unmade_socket(dial);
    return;
  }
  if (php && !any_pool && installed) return;                 // without pools that is the fault
  if (sockets.empty() && !survey_.knows_accounts()) return;  // whoever listens is elsewhere
  dial.answered = false;
  auto near = text::nearest(dial.socket, sockets);
  if (!near && sockets.size() == 1) near = sockets.front();
  for (const auto& listener : listeners)
    if (near && listener.socket == *near && dial.nearest.empty()) {
      dial.nearest = listener.service + " listens on " + listener.socket;
      dial.nearest_path = listener.path;
      dial.nearest_line = listener.line;
    }
}

// A socket of a program that is not known here: nobody can make it where its directory is not, and
// in those of the servers nobody else does.
void Answers::unmade_socket(facts::Dial& dial) {
  static constexpr auto kOfServers =
      std::to_array<std::string_view>({"/run/apache2", "/run/httpd", "/run/nginx", "/run/php"});
  const auto directory = std::string(tree::dirname(socket_of(dial.socket)));
  if (text::is_one_of(directory, kOfServers) && !others_.anything_goes()) {
    dial.answered = false;
    dial.nearest = "none of the sockets in " + directory + " has this name";
    return;
  }
  if (tree::resolve(survey_.tree, directory) || systemd_.made_at_boot(directory) != nullptr ||
      others_.mention(tree::basename(directory)) || others_.anything_goes())
    return;
  dial.answered = false;
  dial.nearest = "its directory " + directory + " does not exist, and nothing makes it";
}

void Answers::unanswered_port(facts::Dial& dial) {
  const auto& services = survey_.facts.rows<facts::Service>();
  const bool known =
      dial.expects.empty() ||
      std::ranges::find(services, dial.expects, &facts::Service::kind) != services.end();
  const auto* near = nearest_of(dial);
  const bool same_port = near != nullptr && near->port == dial.port;
  if (near == nullptr && !survey_.knows_accounts()) return;  // whoever listens is elsewhere
  if (!known || others_.mention(std::to_string(*dial.port), dial.path) ||
      others_.usual_port(*dial.port))
    return;
  const bool wants_known = is_monitor(dial) && !dial.expects.empty();
  const bool spare = near != nullptr && is_other(*near) && !others_.strangers();
  const bool open = others_.anything_goes();
  if (open && !same_port && !wants_known && !spare) return;
  dial.answered = false;
  if (near == nullptr) return;
  const bool alike = near->service != dial.service && near->port && nearly(*near->port, *dial.port);
  dial.probable = same_port || (alike && !open);
  dial.nearest = near->service + " listens on " + address_text(*near);
  dial.nearest_path = near->path;
  dial.nearest_line = near->line;
}

}  // namespace stackaudit::stack

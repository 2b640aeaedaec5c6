// Dials meet listeners, monitors meet status pages.
#include "stack/dials/answers.hpp"
#include "stack/dials/claims.hpp"
#include "stack/dials/dials.hpp"
#include "stack/dials/handed_on.hpp"
#include "stack/dials/sockets.hpp"
#include "stack/dials/status.hpp"
#include "stack/monitoring/netdata.hpp"
#include "stack/own_addresses.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/tree.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kAgentFile = 1U << 20U;
constexpr std::array<std::string_view, 6> kCredentials{
    "username", "user:", "user =", "password", "authorization", "-a "};

bool reaches_apache(const facts::Store& facts) {
  return std::ranges::any_of(facts.rows<facts::Dial>(), [](const facts::Dial& dial) {
    return dial.service == "nginx" && dial.answered_by == "apache";
  });
}

// Whether the agent has a password to send: its file speaks of one.
bool has_credentials(const Survey& survey, const std::string& path) {
  const auto content = tree::read_file(survey.tree, path, kAgentFile);
  if (!content) return true;
  const auto text = text::lower(*content);
  return text::contains_any(text, kCredentials);
}

// Between characters that are neither letters nor digits.
bool has_word(std::string_view text, std::string_view word) {
  const auto is_part = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1))
    if ((at == 0 || !is_part(at - 1)) && !is_part(at + word.size())) return true;
  return false;
}

// Whether the check is content with a page that is not there: its file speaks of such an answer.
bool wants_error(const Survey& survey, const facts::Dial& dial) {
  const auto content = tree::read_file(survey.tree, dial.path, kAgentFile);
  if (!content) return true;
  const bool plugin = content->find("check_http") != std::string::npos;
  return has_word(*content, "404") || has_word(*content, "403") || has_word(*content, "4xx") ||
         (plugin && content->find(" -e ") != std::string::npos);
}

void decide_path(const Survey& survey, const facts::Dial& dial, const StatusAnswer& answer) {
  if (answer.asks_password && has_credentials(survey, dial.path)) return;
  auto& facts = survey.facts;
  for (auto& monitor : facts.rows<facts::Monitor>()) {
    if (monitor.path != dial.path || monitor.span_begin != dial.span_begin) continue;
    monitor.path_known = answer.served.has_value();
    monitor.path_served = answer.served;
    monitor.path_problem = answer.problem;
  }
}

// Agents that read the page line by line and ask for it as it is written; others add "?auto".
bool lacks_auto(const facts::Dial& dial) {
  static constexpr std::array<std::string_view, 4> kPlain{"telegraf", "collectd", "exporter",
                                                          "netdata"};
  const auto query = dial.url_path.find('?');
  return std::ranges::find(kPlain, dial.service) != kPlain.end() &&
         (query == std::string::npos || dial.url_path.find("auto", query) == std::string::npos);
}

bool asks_fpm(const facts::Store& facts, const facts::Dial& dial) {
  return std::ranges::any_of(facts.rows<facts::Monitor>(), [&](const facts::Monitor& monitor) {
    return monitor.target == "php-fpm" && monitor.path == dial.path &&
           monitor.span_begin == dial.span_begin;
  });
}

// The addresses of the machine, which are looked for when the first is asked about.
using AskOwn = std::function<const OwnAddresses&()>;

// Whether a server of this machine answers to the name.
bool is_served_name(const facts::Store& facts, std::string_view host) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"server_name", "servername", "serveralias"});
  const auto domain = host.substr(std::min(host.find('.'), host.size()));
  return std::ranges::any_of(facts.rows<facts::Directive>(), [&](const facts::Directive& row) {
    if (!text::is_one_of(row.name, kNames)) return false;
    return std::ranges::any_of(text::words(row.args), [&](std::string_view name) {
      return text::equal_ignoring_case(name, host) || name == "*" + std::string(domain) ||
             name == domain;
    });
  });
}

// An agent may look after other machines, too: a listener on all addresses says nothing of one that
// no configuration of this machine's network mentions, nor of a name that no server here has.
bool may_be_elsewhere(const facts::Store& facts, const AskOwn& own, const facts::Dial& dial,
                      const facts::Listener& listener) {
  if (dial.local || listener.address != "*") return false;
  return dial.address.empty() ? is_monitor(dial) && !is_served_name(facts, dial.host)
                              : !own().mentioned.contains(dial.address);
}

// What the servers would answer the monitoring agents.
class Monitors {
 public:
  explicit Monitors(Survey& survey) : survey_(survey), facts_(survey.facts) {}

  void check(facts::Dial& dial, const facts::Listener& listener) {
    const bool any_page = dial.expects.empty() && !asks_fpm(facts_, dial) &&
                          (dial.purpose == "status-url" || dial.purpose == "check");
    if (any_page && listener.service == "nginx" && !wants_error(survey_, dial))
      return decide_path(survey_, dial,
                         nginx_page(survey_, survey_.blocks("nginx"), dial, listener));
    if (dial.purpose != "status-url") return;
    if (asks_fpm(facts_, dial)) return check_fpm(dial, listener);
    if (dial.expects.empty()) return;
    if (listener.service == "nginx") {
      const auto answer = nginx_status(facts_, survey_.blocks("nginx"), dial, listener);
      if (dial.expects == "apache" && answer.proxied) {
        dial.answered_by = reaches_apache(facts_) ? "apache" : "";  // whoever it is passed on to
        check_behind(dial, answer);
      }
      if (dial.expects == "nginx") decide_path(survey_, dial, answer);
    } else if (listener.service == "apache" && dial.expects == "apache") {
      auto answer = apache_status(facts_, survey_.blocks("apache"), dial);
      if (answer.served == true && lacks_auto(dial))
        answer = {false,
                  "without ?auto the page is written for people, and the agent finds no value",
                  false};
      decide_path(survey_, dial, answer);
    }
  }

  // Of netdata's jobs some are guesses, which cost nothing where another one of the file is right.
  void forget_guesses() {
    std::set<std::string_view> answered;
    for (const auto& dial : facts_.rows<facts::Dial>())
      if (dial.service == "netdata" && is_right(dial)) answered.insert(dial.path);
    for (auto& dial : facts_.rows<facts::Dial>()) {
      if (dial.service != "netdata" || !answered.contains(dial.path) || is_right(dial)) continue;
      const auto content = tree::read_file(survey_.tree, dial.path, kAgentFile);
      const auto at = static_cast<std::size_t>(dial.span_begin.value_or(0));
      if (!content || !is_netdata_guess(*content, at)) continue;
      dial.answered.reset();
      dial.answered_by.clear();
      decide_path(survey_, dial, {});
    }
  }

 private:
  [[nodiscard]] bool is_right(const facts::Dial& dial) const {
    const auto& monitors = facts_.rows<facts::Monitor>();
    return dial.answered == true && (dial.expects.empty() || dial.answered_by == dial.expects) &&
           std::ranges::none_of(monitors, [&](const facts::Monitor& monitor) {
             return monitor.path == dial.path && monitor.span_begin == dial.span_begin &&
                    monitor.path_served == false;
           });
  }

  // mod_status behind a proxy: what is certain there is that it does not answer.
  void check_behind(const facts::Dial& dial, const StatusAnswer& through) {
    if (through.handed_on == nullptr) return;
    const auto request =
        handed_to_apache(facts_, survey_.blocks("nginx"), *through.handed_on, dial);
    if (!request) return;
    auto answer = apache_status(facts_, survey_.blocks("apache"), *request);
    if (answer.served != false) return;
    answer.problem = "nginx hands it on to Apache, and " + answer.problem;
    decide_path(survey_, dial, answer);
  }

  // Directly at the pool, or through a location of nginx; through Apache it is not followed.
  void check_fpm(const facts::Dial& dial, const facts::Listener& listener) {
    if (dial.url_path.empty()) return;
    if (listener.service == "php-fpm")
      return decide_path(survey_, dial, fpm_status(facts_, dial, listener.pool));
    StatusAnswer through;
    auto asked = dial;
    std::string pool;
    if (listener.service == "nginx")
      through = nginx_status(facts_, survey_.blocks("nginx"), dial, listener, true);
    if (through.handed_on != nullptr && through.handed_on->name == "fastcgi_pass") {
      pool = pool_behind(*through.handed_on);
      rename(asked, *through.handed_on);
    }
    const auto status = fpm_status(facts_, asked, pool);
    if (status.served == std::optional(false))
      decide_path(survey_, dial, status);
    else if (listener.service == "nginx")
      decide_path(survey_, dial, through);
  }

  // The pool that a fastcgi_pass names by its socket or address; empty: not known.
  [[nodiscard]] std::string pool_behind(const facts::Directive& pass) const {
    for (const auto& dial : facts_.rows<facts::Dial>()) {
      if (dial.service != "nginx" || dial.path != pass.path || dial.line != pass.line) continue;
      for (const auto& listener : facts_.rows<facts::Listener>())
        if (listener.service == "php-fpm" && listener.family == dial.family &&
            (dial.family == "unix"
                 ? listener.socket == dial.socket
                 : listener.port == dial.port && listener.address == dial.address))
          return listener.pool;
    }
    return {};
  }

  // php-fpm compares its paths with SCRIPT_NAME, which a location may set to another than the
  // URL's.
  void rename(facts::Dial& asked, const facts::Directive& pass) const {
    constexpr std::string_view kName = "SCRIPT_NAME ";
    const auto& nginx = survey_.blocks("nginx");
    const auto* location = nginx.parent(pass);
    if (location == nullptr) return;
    std::string_view last;
    for (const auto* row : nginx.children(location->id))
      if (row->name == "fastcgi_param" && row->args.starts_with(kName))
        last = std::string_view(row->args).substr(kName.size());
    if (!last.empty() && last.find('$') == last.npos) asked.url_path = last;
  }

  Survey& survey_;
  facts::Store& facts_;
};

// nginx binds no socket for an address whose port it takes of all addresses (bind_wildcard); with
// `bind` it would, which is a conflict of its own.
bool is_covered(const facts::Store& facts, const facts::Listener& listener) {
  return listener.service == "nginx" &&
         std::ranges::any_of(facts.rows<facts::Listener>(), [&](const facts::Listener& other) {
           return other.service == "nginx" && other.unit == listener.unit &&
                  other.family == listener.family && other.port == listener.port &&
                  other.address == "*";
         });
}

// Rows of bind() to addresses that no interface has, which is EADDRNOTAVAIL.
class ForeignAddresses {
 public:
  ForeignAddresses(Survey& survey, AskOwn own) : survey_(survey), own_(std::move(own)) {}

  void run() {
    for (const auto& listener : survey_.facts.rows<facts::Listener>())
      if (!is_other(listener) && !listener.path.empty()) listens(listener);
    for (const auto& directive : survey_.facts.rows<facts::Directive>())
      if (directive.service == "nginx" && directive.name.ends_with("_bind")) connects(directive);
    for (auto& row : rows_) survey_.facts.add(std::move(row));
  }

 private:
  [[nodiscard]] bool is_foreign(const NetAddress& address) const {
    return !is_loopback(address) && !own_().any && !own_().mentioned.contains(address.numeric);
  }

  facts::Reference& add(const facts::Place& place, std::string_view kind,
                        const NetAddress& address) {
    auto& row = rows_.emplace_back();
    static_cast<facts::Place&>(row) = place;
    row.kind = kind;
    row.as_written = address.numeric;
    row.state = own_().complete && address.family == "inet" ? "missing" : "dynamic";
    row.wanted = "address";
    row.call = "bind";
    return row;
  }

  void listens(const facts::Listener& listener) {
    const auto address = numeric_address(listener.address);
    if (!address || !is_foreign(*address) || is_covered(survey_.facts, listener)) return;
    auto& row = add(listener, "own-address", *address);
    row.service = row.process = listener.service;
    row.effect = listener.service + " does not start";
  }

  // proxy_bind and its kin: connect() from such an address.
  void connects(const facts::Directive& directive) {
    const auto written = directive.args.substr(0, directive.args.find(' '));
    auto address = numeric_address(written);
    if (!address) address = numeric_address(written.substr(0, written.rfind(':')));
    const bool transparent = directive.args.find(" transparent") != std::string::npos;
    if (!address || transparent || !is_foreign(*address)) return;
    auto& row = add(directive, "source-address", *address);
    row.service = "nginx";
    row.required = false;
    row.process = "nginx worker";
    row.effect = "HTTP 500";
  }

  Survey& survey_;
  AskOwn own_;
  std::vector<facts::Reference> rows_;
};

}  // namespace

void connect_dials(Survey& survey, const Systemd& systemd) {
  std::optional<OwnAddresses> found;
  const AskOwn own = [&]() -> const OwnAddresses& {
    if (!found) found = own_addresses(survey.tree);
    return *found;
  };
  ForeignAddresses(survey, own).run();
  Answers answers(survey, systemd);
  auto& dials = survey.facts.rows<facts::Dial>();
  for (auto& dial : dials) answers.decide(dial);
  Monitors monitors(survey);
  for (auto& dial : dials) {
    const auto* listener = answers.listener_for(dial);
    if (listener == nullptr) continue;
    if (!may_be_elsewhere(survey.facts, own, dial, *listener)) {
      monitors.check(dial, *listener);
    } else if (is_monitor(dial)) {
      dial.answered.reset();
      dial.answered_by.clear();
      dial.answered_tls.reset();
    }
  }
  monitors.forget_guesses();
  connect_sockets(survey, systemd, answers);
}

}  // namespace stackaudit::stack

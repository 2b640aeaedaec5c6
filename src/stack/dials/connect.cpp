// Dials meet listeners, monitors meet status pages.
#include "stack/crossing.hpp"
#include "stack/dials/answers.hpp"
#include "stack/dials/claims.hpp"
#include "stack/dials/sockets.hpp"
#include "stack/dials/status.hpp"
#include "stack/own_addresses.hpp"
#include "text/suggest.hpp"
#include "tree/tree.hpp"

#include <algorithm>
#include <array>

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
  return std::ranges::any_of(
      kCredentials, [&](std::string_view word) { return text.find(word) != std::string::npos; });
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

// Directly at the pool, or through a location of nginx; through Apache it is not followed.
void check_fpm(const Survey& survey, const facts::Dial& dial, const facts::Listener& listener) {
  if (dial.url_path.empty()) return;
  const auto& facts = survey.facts;
  const auto status = fpm_status(facts, dial, listener.service == "php-fpm" ? listener.pool : "");
  if (status.served == std::optional(false) || listener.service == "php-fpm")
    return decide_path(survey, dial, status);
  if (listener.service == "nginx")
    decide_path(survey, dial, nginx_status(facts, dial, listener, true));
}

void check_monitor(const Survey& survey, facts::Dial& dial, const facts::Listener& listener) {
  if (dial.purpose != "status-url") return;
  const auto& facts = survey.facts;
  if (asks_fpm(facts, dial)) return check_fpm(survey, dial, listener);
  if (dial.expects.empty()) return;
  if (listener.service == "nginx") {
    const auto answer = nginx_status(facts, dial, listener);
    if (dial.expects == "apache" && answer.proxied)
      dial.answered_by = reaches_apache(facts) ? "apache" : "";  // whoever nginx passes it on to
    if (dial.expects == "nginx") decide_path(survey, dial, answer);
  } else if (listener.service == "apache" && dial.expects == "apache") {
    auto answer = apache_status(facts, dial);
    if (answer.served == true && lacks_auto(dial))
      answer = {false, "without ?auto the page is written for people, and the agent finds no value",
                false};
    decide_path(survey, dial, answer);
  }
}

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

// bind() fails for an address that no interface has.
void check_own_addresses(Survey& survey) {
  std::optional<OwnAddresses> own;
  std::vector<facts::Reference> rows;
  for (const auto& listener : survey.facts.rows<facts::Listener>()) {
    if (is_other(listener) || listener.path.empty()) continue;
    const auto address = numeric_address(listener.address);
    if (!address || is_loopback(*address)) continue;
    if (!own) own = own_addresses(survey.tree);
    if (own->any || own->mentioned.contains(address->numeric)) continue;
    if (is_covered(survey.facts, listener)) continue;
    facts::Reference row;
    static_cast<facts::Place&>(row) = listener;
    row.service = listener.service;
    row.kind = "own-address";
    row.as_written = address->numeric;
    row.state = own->complete && address->family == "inet" ? "missing" : "dynamic";
    row.wanted = "address";
    row.process = listener.service;
    row.call = "bind";
    row.effect = listener.service + " does not start";
    rows.push_back(std::move(row));
  }
  for (auto& row : rows) survey.facts.add(std::move(row));
}

// proxy_bind and its kin: connect() from an address that no interface has.
void check_source_addresses(Survey& survey) {
  std::optional<OwnAddresses> own;
  std::vector<facts::Reference> rows;
  for (const auto& directive : survey.facts.rows<facts::Directive>()) {
    if (directive.service != "nginx" || !directive.name.ends_with("_bind")) continue;
    const auto written = directive.args.substr(0, directive.args.find(' '));
    auto address = numeric_address(written);
    if (!address) address = numeric_address(written.substr(0, written.rfind(':')));
    const bool transparent = directive.args.find(" transparent") != std::string::npos;
    if (!address || is_loopback(*address) || transparent) continue;
    if (!own) own = own_addresses(survey.tree);
    if (own->any || own->mentioned.contains(address->numeric)) continue;
    facts::Reference row;
    static_cast<facts::Place&>(row) = directive;
    row.service = "nginx";
    row.kind = "source-address";
    row.as_written = address->numeric;
    row.state = own->complete && address->family == "inet" ? "missing" : "dynamic";
    row.wanted = "address";
    row.required = false;
    row.process = "nginx worker";
    row.call = "bind";
    row.effect = "HTTP 500";
    rows.push_back(std::move(row));
  }
  for (auto& row : rows) survey.facts.add(std::move(row));
}

}  // namespace

void connect_dials(Survey& survey, const Systemd& systemd) {
  check_own_addresses(survey);
  check_source_addresses(survey);
  Answers answers(survey, systemd);
  auto& dials = survey.facts.rows<facts::Dial>();
  for (auto& dial : dials) answers.decide(dial);
  for (auto& dial : dials)
    if (const auto* listener = answers.listener_for(dial)) check_monitor(survey, dial, *listener);
  connect_sockets(survey, systemd, answers);
}

}  // namespace stackaudit::stack

// proxy_pass of nginx's http module and ProxyPass cannot send the header; haproxy, varnish and
// nginx's stream module can.
#include "stack/dials/proxy_protocol.hpp"

#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

struct Demand {
  std::string service;
  std::optional<std::int64_t> port;  // none: wherever the service listens
  facts::Place place;
};

std::optional<std::int64_t> port_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (address.ends_with(']')) return std::nullopt;
  return port_number(colon == std::string::npos ? address : address.substr(colon + 1));
}

class ProxyProtocol {
 public:
  explicit ProxyProtocol(Survey& survey) : survey_(survey) {
    for (const auto& row : survey.facts.rows<facts::Directive>()) {
      if (row.service == "apache") of_apache(row);
      if (row.service == "nginx") of_nginx(row);
    }
  }

  void run() {
    if (demands_.empty() || excepted_) return;
    std::vector<facts::SyntaxProblem> problems;
    for (const auto& dial : survey_.facts.rows<facts::Dial>()) {
      if (!dial.local || dial.answered != true || !dial.port || sends(dial.service)) continue;
      for (const auto& demand : demands_)
        if (demand.service == dial.answered_by && demand.port.value_or(*dial.port) == *dial.port &&
            told_.emplace(demand.place.path, demand.place.line.value_or(0)).second)
          problems.push_back(problem(demand, dial));
    }
    for (auto& row : problems) survey_.facts.add(std::move(row));
  }

 private:
  void of_apache(const facts::Directive& row) {
    if (row.name == "remoteipproxyprotocolexceptions")
      excepted_ = excepted_ || row.args.find("127.") != std::string::npos ||
                  row.args.find("::1") != std::string::npos;
    if (row.name == "virtualhost") hosts_[row.id] = row.args;
    if (row.name != "remoteipproxyprotocol" || !text::equal_ignoring_case(row.args, "on")) return;
    const auto host = row.parent ? hosts_.find(*row.parent) : hosts_.end();
    if (!row.parent) return demands_.push_back({"apache", std::nullopt, row});
    if (host == hosts_.end()) return;
    for (const auto address : text::words(host->second))
      if (const auto port = port_of(address)) demands_.push_back({"apache", port, row});
  }

  void of_nginx(const facts::Directive& row) {
    const bool stream = row.context.starts_with("stream");
    if (row.name == "proxy_protocol" && stream) stream_sends_ = true;
    if (row.name != "listen") return;
    const auto words = text::words(row.args);
    if (std::ranges::find(words, "proxy_protocol") == words.end()) return;
    if (const auto port = port_of(words[0])) demands_.push_back({"nginx", port, row});
  }

  [[nodiscard]] bool sends(const std::string& service) const {
    return service == "haproxy" || service == "varnish" || (service == "nginx" && stream_sends_);
  }

  static facts::SyntaxProblem problem(const Demand& demand, const facts::Dial& dial) {
    auto row = Survey::problem_row(
        demand.place,
        {.service = demand.service,
         .language = demand.service,
         .code = "proxy-protocol",
         .severity = "warning",
         .message = demand.service + " waits for a PROXY header, and " + dial.service +
                    " connects to " + dial.as_written + " and sends none: its requests fail",
         .help = "take it away here, or except the caller's address"});
    Survey::relate(row, dial, "connects from here");
    return row;
  }

  Survey& survey_;
  std::vector<Demand> demands_;
  std::map<std::int64_t, std::string> hosts_;
  std::set<std::pair<std::string, std::int64_t>> told_;
  bool excepted_ = false, stream_sends_ = false;
};

}  // namespace

void check_proxy_protocol(Survey& survey) {
  ProxyProtocol(survey).run();
}

}  // namespace stackaudit::stack

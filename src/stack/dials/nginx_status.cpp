// Server and location as ngx_http_core_module chooses them.
#include "stack/dials/status.hpp"
#include "stack/nginx/locations.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 6> kStatusPages{
    "stub_status", "status", "api", "vhost_traffic_status_display", "check_status", "prometheus"};
constexpr int kMaxNesting = 8;

using Rows = std::vector<const facts::Directive*>;

Rows children(const facts::Store& facts, std::int64_t parent) {
  Rows result;
  for (const auto& row : facts.rows<facts::Directive>())
    if (row.service == "nginx" && row.parent == parent) result.push_back(&row);
  return result;
}

bool has_name(const facts::Site& site, const std::string& host) {
  std::istringstream names(site.names);
  for (std::string name; names >> name;)
    if (text::equal_ignoring_case(name, host)) return true;
  return false;
}

// The server block that gets the request: among those at the address the one of the name, else
// the default one, else the first.
const facts::Site* server_for(const facts::Store& facts, const facts::Dial& dial,
                              const facts::Listener& listener) {
  std::map<std::int64_t, const facts::Site*> sites;
  for (const auto& site : facts.rows<facts::Site>())
    if (site.service == "nginx") sites.emplace(site.id, &site);
  const facts::Site* first = nullptr;
  const facts::Site* fallback = nullptr;
  for (const auto& other : facts.rows<facts::Listener>()) {
    if (other.service != "nginx" || !other.site || other.port != listener.port ||
        other.address != listener.address || other.family != listener.family)
      continue;
    const auto it = sites.find(*other.site);
    if (it == sites.end()) continue;
    if (has_name(*it->second, dial.host)) return it->second;
    if (other.default_server) fallback = it->second;
    if (first == nullptr) first = it->second;
  }
  return fallback != nullptr ? fallback : first;
}

const facts::Directive* block_of(const facts::Store& facts, const facts::Site& site) {
  for (const auto& row : facts.rows<facts::Directive>())
    if (row.service == "nginx" && row.name == "server" && row.path == site.path &&
        row.line == site.line)
      return &row;
  return nullptr;
}

bool refuses_loopback(const Rows& rows, bool& decided) {
  for (const auto* row : rows) {
    if (row->name != "allow" && row->name != "deny") continue;
    const bool hits = row->args == "all" || row->args.starts_with("127.") || row->args == "::1" ||
                      row->args == "localhost";
    if (!hits) continue;
    decided = true;
    return row->name == "deny";
  }
  return false;
}

class Request {
 public:
  Request(const facts::Store& facts, std::string path, bool wants_fastcgi)
      : facts_(facts), path_(std::move(path)), wants_fastcgi_(wants_fastcgi) {}

  StatusAnswer in(const facts::Directive& block, int depth) {
    const auto rows = children(facts_, block.id);
    bool decided = false;
    const bool refused = refuses_loopback(rows, decided);
    if (decided) refused_ = refused;
    const auto location =
        depth > kMaxNesting ? nginx::ChosenLocation{} : nginx::location_for(rows, path_);
    if (!location.known) return {};
    if (block.name == "server")
      for (const auto* row : rows)
        if (row->name == "return")
          return {false,
                  "the server at " + row->path + " answers everything with return " + row->args,
                  false};
    if (location.row != nullptr) return in(*location.row, depth + 1);
    for (const auto* row : rows) {
      if (std::ranges::find(kStatusPages, row->name) != kStatusPages.end())
        return refused_ ? StatusAnswer{false, "the agent is refused there (deny)", false}
                        : StatusAnswer{true, {}, false};
      if (row->name == "fastcgi_pass" && wants_fastcgi_)
        return refused_ ? StatusAnswer{false, "the agent is refused there (deny)", false}
                        : StatusAnswer{true, {}, true};
      if (row->name.ends_with("_pass")) return {std::nullopt, {}, true};
    }
    const auto where = block.name == "location" ? "location " + block.args : "the server";
    return {false,
            where + " takes " + path_ + ", and it has no " +
                (wants_fastcgi_ ? "fastcgi_pass" : "stub_status"),
            false};
  }

 private:
  const facts::Store& facts_;
  std::string path_;
  bool wants_fastcgi_;
  bool refused_ = false;
};

}  // namespace

StatusAnswer nginx_status(const facts::Store& facts, const facts::Dial& dial,
                          const facts::Listener& listener, bool wants_fastcgi) {
  const auto* site = server_for(facts, dial, listener);
  if (site == nullptr) return {};
  const auto* block = block_of(facts, *site);
  if (block == nullptr) return {};
  return Request(facts, dial.url_path.substr(0, dial.url_path.find('?')), wants_fastcgi)
      .in(*block, 0);
}

}  // namespace stackaudit::stack

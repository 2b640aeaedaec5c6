// Server blocks as ngx_http_core_module chooses them.
#include "stack/dials/nginx_choice.hpp"

#include "text/suggest.hpp"

#include <map>
#include <sstream>

namespace stackaudit::stack {
namespace {

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

}  // namespace

const facts::Directive* nginx_server_for(const facts::Store& facts, const Blocks& nginx,
                                         const facts::Dial& dial, const facts::Listener& listener) {
  const auto* site = server_for(facts, dial, listener);
  return site == nullptr ? nullptr : nginx.block_of(*site, "server");
}

}  // namespace stackaudit::stack

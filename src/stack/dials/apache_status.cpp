// mod_status answers where a <Location> in effect hands the path to server-status.
#include "stack/dials/status.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace stackaudit::stack {
namespace {

bool covers(std::string_view location, std::string_view path) {
  while (location.size() > 1 && location.ends_with('/')) location.remove_suffix(1);
  return path == location ||
         (path.starts_with(location) && (location == "/" || path[location.size()] == '/'));
}

// WordPress's rules in a .htaccess send every path that is no file to index.php, server-status
// too, unless a condition spares it.
bool swallowed(const facts::Store& facts, const std::string& root, std::string& where) {
  bool engine = false, guarded = false, rule = false;
  for (const auto& row : facts.rows<facts::Directive>()) {
    if (row.service != "apache" || row.path != root + "/.htaccess") continue;
    if (row.name == "rewriteengine") engine = row.args == "On" || row.args == "on";
    if (row.name == "rewritecond" && row.args.find("server-status") != std::string::npos)
      guarded = true;
    if (row.name == "rewriterule" && row.args.find("server-status") != std::string::npos)
      guarded = true;
    if (row.name == "rewriterule" &&
        (row.args.starts_with(". ") || row.args.starts_with("^ ") || row.args.starts_with(".* ") ||
         row.args.starts_with("^(.*)$ ")) &&
        row.args.find("index.php") != std::string::npos) {
      rule = true;
      where = row.path + (row.line ? ":" + std::to_string(*row.line) : "");
    }
  }
  return engine && rule && !guarded;
}

using Rows = std::map<std::int64_t, const facts::Directive*>;

bool takes_port(const std::string& addresses, std::int64_t port) {
  std::istringstream words(addresses);
  for (std::string word; words >> word;) {
    const auto colon = word.rfind(':');
    const auto end =
        colon == std::string::npos || word.ends_with(']') ? "*" : word.substr(colon + 1);
    if (end == "*" || end == std::to_string(port)) return true;
  }
  return false;
}

// The virtual host that answers: at the port the one of the name, else the first; where none is at
// the port, the main server.
struct Host {
  const facts::Site* site = nullptr;
  std::optional<std::int64_t> block;  // id of its <VirtualHost>; none: the main server
};

Host host_for(const facts::Store& facts, const Rows& rows, const facts::Dial& dial) {
  Host first, main;
  for (const auto& site : facts.rows<facts::Site>()) {
    if (site.service != "apache") continue;
    const facts::Directive* block = nullptr;
    for (const auto& [id, row] : rows)
      if (row->name == "virtualhost" && row->path == site.path && row->line == site.line)
        block = row;
    if (block == nullptr) {
      if (main.site == nullptr) main.site = &site;
      continue;
    }
    if (dial.port && !takes_port(block->args, *dial.port)) continue;
    const Host host{&site, block->id};
    if ((" " + site.names + " ").find(" " + dial.host + " ") != std::string::npos) return host;
    if (first.site == nullptr) first = host;
  }
  return first.site != nullptr ? first : main;
}

// The <VirtualHost> around a row.
std::optional<std::int64_t> host_of(const Rows& rows, const facts::Directive& row) {
  const auto* at = &row;
  while (at->parent) {
    const auto parent = rows.find(*at->parent);
    if (parent == rows.end()) break;
    at = parent->second;
    if (at->name == "virtualhost") return at->id;
  }
  return std::nullopt;
}

// What the Require lines of a section say to a client on this machine: none, where they do not
// decide.
std::optional<bool> lets_loopback(const Rows& rows, std::int64_t section) {
  bool any = false, open = false, unknown = false;
  for (const auto& [id, row] : rows) {
    if (row->parent != section) continue;
    if (row->name.starts_with("require") && row->name != "require") return std::nullopt;
    if (row->name != "require") continue;
    any = true;
    std::istringstream words(row->args);
    std::string what;
    words >> what;
    if (what == "local" || row->args == "all granted") open = true;
    if (what == "ip")
      for (std::string address; words >> address;)
        open = open || address.starts_with("127") || address == "::1" || address == "0.0.0.0/0";
    if (what == "host")
      for (std::string name; words >> name;) open = open || name == "localhost";
    if (what != "local" && what != "all" && what != "ip" && what != "host") unknown = true;
  }
  if (open) return true;
  if (!any || unknown) return std::nullopt;
  return false;
}

}  // namespace

StatusAnswer apache_status(const facts::Store& facts, const facts::Dial& dial) {
  const auto path = dial.url_path.substr(0, dial.url_path.find('?'));
  Rows by_id;
  bool any_module = false, module = false;
  for (const auto& row : facts.rows<facts::Directive>()) {
    if (row.service != "apache") continue;
    by_id.emplace(row.id, &row);
    if (row.name == "loadmodule") {
      any_module = true;
      module = module || row.args.starts_with("status_module ");
    }
  }
  if (any_module && !module) return {false, "mod_status is not loaded", false};
  const auto host = host_for(facts, by_id, dial);
  StatusAnswer elsewhere;
  for (const auto& [id, row] : by_id) {
    if (row->name != "sethandler" || row->args != "server-status" || !row->parent) continue;
    const auto parent = by_id.find(*row->parent);
    if (parent == by_id.end()) continue;
    if (parent->second->name == "locationmatch" || parent->second->args.starts_with("~")) return {};
    if (parent->second->name != "location" || !covers(parent->second->args, path)) continue;
    const auto block = host_of(by_id, *row);
    if (block && block != host.block) {
      elsewhere = {false, "it is served by another <VirtualHost>, at " + row->path, false};
      continue;
    }
    if (lets_loopback(by_id, parent->first) == std::optional(false))
      return {false, "the agent is refused there (Require), HTTP 403", false};
    std::string where;
    if (host.site != nullptr && swallowed(facts, host.site->document_root, where))
      return {false, "the rewrite rule at " + where + " sends it to index.php", false};
    return {true, {}, false};
  }
  if (!any_module) return {};
  if (elsewhere.served) return elsewhere;
  return {false, "no <Location> hands " + path + " to server-status", false};
}

}  // namespace stackaudit::stack

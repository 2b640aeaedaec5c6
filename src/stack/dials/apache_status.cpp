// mod_status answers where a <Location> in effect hands the path to server-status.
#include "stack/dials/status.hpp"

#include <algorithm>
#include <map>

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

// The virtual host that answers: the one of the name, else the first.
const facts::Site* site_for(const facts::Store& facts, const std::string& host) {
  const facts::Site* first = nullptr;
  for (const auto& site : facts.rows<facts::Site>()) {
    if (site.service != "apache") continue;
    if ((" " + site.names + " ").find(" " + host + " ") != std::string::npos) return &site;
    if (first == nullptr) first = &site;
  }
  return first;
}

}  // namespace

StatusAnswer apache_status(const facts::Store& facts, const facts::Dial& dial) {
  const auto path = dial.url_path.substr(0, dial.url_path.find('?'));
  std::map<std::int64_t, const facts::Directive*> by_id;
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
  for (const auto& [id, row] : by_id) {
    if (row->name != "sethandler" || row->args != "server-status" || !row->parent) continue;
    const auto parent = by_id.find(*row->parent);
    if (parent == by_id.end()) continue;
    if (parent->second->name == "locationmatch" || parent->second->args.starts_with("~")) return {};
    if (parent->second->name != "location" || !covers(parent->second->args, path)) continue;
    std::string where;
    if (const auto* site = site_for(facts, dial.host);
        site != nullptr && swallowed(facts, site->document_root, where))
      return {false, "the rewrite rule at " + where + " sends it to index.php", false};
    return {true, {}, false};
  }
  if (!any_module) return {};
  return {false, "no <Location> hands " + path + " to server-status", false};
}

}  // namespace stackaudit::stack

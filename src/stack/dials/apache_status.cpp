// mod_status answers where a <Location> in effect hands the path to server-status.
#include "stack/dials/apache_taken.hpp"
#include "stack/dials/status.hpp"

#include <algorithm>
#include <sstream>

namespace stackaudit::stack {
namespace {

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

Host host_for(const facts::Store& facts, const Blocks& apache, const facts::Dial& dial) {
  Host first, main;
  for (const auto& site : facts.rows<facts::Site>()) {
    if (site.service != "apache") continue;
    const auto* block = apache.block_of(site, "virtualhost");
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

// What the lines of one section say to a client on this machine.
enum class Admits : std::uint8_t { silent, yes, no, password, unknown };

bool is_here(std::string_view address) {
  return address.starts_with("127") || address == "::1" || address == "0.0.0.0/0" ||
         address == "localhost" || address == "local";
}

// Require of mod_authz_core: one that lets in suffices; RequireAny and its kin are not followed.
Admits by_require(const Blocks& apache, std::int64_t section) {
  bool any = false, open = false, unknown = false, password = false;
  for (const auto* row : apache.children(section)) {
    if (row->name.starts_with("require") && row->name != "require") return Admits::unknown;
    if (row->name != "require") continue;
    any = true;
    std::istringstream words(row->args);
    std::string what, word;
    words >> what;
    open = open || what == "local" || row->args == "all granted";
    if (what == "ip" || what == "host")
      while (words >> word) open = open || is_here(word);
    else if (what == "valid-user" || what == "user" || what == "group")
      password = true;
    else if (what != "local" && what != "all")
      unknown = true;
  }
  if (!any) return Admits::silent;
  return open ? Admits::yes : unknown ? Admits::unknown : password ? Admits::password : Admits::no;
}

// Order, Allow and Deny of mod_access_compat: the last group that matches decides.
Admits by_order(const Blocks& apache, std::int64_t section) {
  bool any = false, allow_first = false, allowed = false, denied = false;
  for (const auto* row : apache.children(section)) {
    if (row->name == "satisfy") return Admits::unknown;
    if (row->name == "order") {
      any = true;
      allow_first = row->args.starts_with('a') || row->args.starts_with('A');
    }
    if (row->name != "allow" && row->name != "deny") continue;
    any = true;
    bool hit = false;
    std::istringstream words(row->args);
    for (std::string word; words >> word;) {
      if (word.starts_with("env=")) return Admits::unknown;
      hit = hit || word == "all" || is_here(word);
    }
    (row->name == "allow" ? allowed : denied) |= hit;
  }
  if (!any) return Admits::silent;
  const bool in = allow_first ? allowed && !denied : allowed || !denied;
  return in ? Admits::yes : Admits::no;
}

// <Location /a>, <Location ~ "a">, <LocationMatch "a">.
std::optional<bool> takes(const facts::Directive& section, std::string_view path) {
  std::string_view args = section.args;
  const bool tilde = args.starts_with("~ ");
  if (tilde) args.remove_prefix(2);
  if (tilde || section.name == "locationmatch") return found_by(args, path);
  return covers(args, path);
}

struct Gate {
  Admits admits = Admits::silent;
  const facts::Directive* section = nullptr;
};

// <Location> sections are merged in their order, those of the main server first; the last that
// says something about access decides, and does so for its own module alone.
Gate gate_of(const Blocks& apache, const Host& host, std::string_view path, auto judge) {
  Gate gate;
  for (const bool main : {true, false})
    for (const auto* row : apache.all()) {
      if (row->name != "location" && row->name != "locationmatch") continue;
      const auto* block = apache.around(*row, "virtualhost");
      if (main ? block != nullptr : (block == nullptr || block->id != host.block)) continue;
      const auto hit = takes(*row, path);
      if (hit == false) continue;
      auto admits = judge(apache, row->id);
      if (admits == Admits::silent) continue;
      if (!hit) admits = Admits::unknown;
      gate = {admits, row};
    }
  return gate;
}

std::string place_words(const facts::Directive& row) {
  return row.path + (row.line ? ":" + std::to_string(*row.line) : "");
}

}  // namespace

StatusAnswer apache_status(const facts::Store& facts, const Blocks& apache,
                           const facts::Dial& dial) {
  const auto path = dial.url_path.substr(0, dial.url_path.find('?'));
  bool any_module = false, module = false;
  for (const auto* row : apache.all()) {
    if (row->name != "loadmodule") continue;
    any_module = true;
    module = module || row->args.starts_with("status_module ");
  }
  if (any_module && !module) return {false, "mod_status is not loaded", false};
  const auto host = host_for(facts, apache, dial);
  StatusAnswer elsewhere;
  for (const auto* row : apache.all()) {
    if (row->name != "sethandler" || row->args != "server-status") continue;
    const auto* section = apache.parent(*row);
    if (section == nullptr) continue;
    if (section->name == "locationmatch" || section->args.starts_with("~")) return {};
    if (section->name != "location" || !covers(section->args, path)) continue;
    const auto* block = apache.around(*row, "virtualhost");
    if (block != nullptr && block->id != host.block) {
      elsewhere = {false, "it is served by another <VirtualHost>, at " + row->path, false};
      continue;
    }
    for (const auto& gate :
         {gate_of(apache, host, path, by_require), gate_of(apache, host, path, by_order)}) {
      if (gate.admits == Admits::no)
        return {false, "the agent is refused by the section at " + place_words(*gate.section) +
                           ", HTTP 403"};
      if (gate.admits == Admits::password)
        return {false,
                "the section at " + place_words(*gate.section) +
                    " asks for a password, and the agent sends none",
                false, true};
    }
    if (const auto* proxy = proxied(apache, host.block, path))
      return {false,
              "the " + std::string(proxy->name == "proxypass" ? "ProxyPass" : "ProxyPassMatch") +
                  " at " + place_words(*proxy) + " hands it on",
              false};
    if (const auto* redirect = redirected(apache, host.block, path))
      return {false, "the redirect at " + place_words(*redirect) + " answers instead", false};
    if (const auto* rule = taken_by_rewrite(apache, host.block, dial))
      return {false, "the rewrite rule at " + place_words(*rule) + " answers instead", false};
    const auto* rule =
        host.site == nullptr ? nullptr : sent_to_front(apache, host.site->document_root, dial);
    if (rule != nullptr)
      return {false, "the rewrite rule at " + place_words(*rule) + " sends it to index.php", false};
    return {true, {}, false};
  }
  if (!any_module) return {};
  if (elsewhere.served) return elsewhere;
  return {false, "no <Location> hands " + path + " to server-status", false};
}

}  // namespace stackaudit::stack

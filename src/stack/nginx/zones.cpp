// A zone has one size and, for the two limits, one key; each module has its own kind of zone.
#include "stack/nginx/zones.hpp"

#include "stack/nginx/refusal.hpp"
#include "stack/nginx/values.hpp"

#include <array>
#include <map>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

struct ZoneUse {
  std::string_view use, definition, prefix;
};
// `prefix` stands before the name where it is used; empty: the first argument is the name.
constexpr auto kUses = std::to_array<ZoneUse>({
    {"limit_req", "limit_req_zone", "zone="},
    {"limit_conn", "limit_conn_zone", ""},
    {"proxy_cache", "proxy_cache_path", ""},
    {"fastcgi_cache", "fastcgi_cache_path", ""},
    {"uwsgi_cache", "uwsgi_cache_path", ""},
    {"scgi_cache", "scgi_cache_path", ""},
});

struct Zone {
  std::string name, size;
  std::string kind;  // the directive, or "ssl" for the caches of sessions
  std::string key;   // of the limits
  const Node* node = nullptr;
  std::size_t arg = 0;
};

// "NAME:SIZE"
std::optional<Zone> split(std::string_view text, const Node& node, std::size_t arg) {
  const auto colon = std::min(text.find(':'), text.size());
  if (colon == 0) return std::nullopt;
  Zone zone{std::string(text.substr(0, colon)),
            std::string(text.substr(std::min(colon + 1, text.size()))),
            node.name.value,
            {},
            &node,
            arg};
  if (node.is("limit_req_zone") || node.is("limit_conn_zone")) zone.key = node.arg(0);
  if (node.is("ssl_session_cache")) zone.kind = "ssl";
  if (node.is("zone")) zone.kind = "upstream";
  return zone;
}

std::optional<Zone> zone_in(const Node& node, std::size_t arg) {
  const auto text = node.arg(arg);
  const bool path = node.name.value.ends_with("_cache_path");
  if (path && text.starts_with("keys_zone=")) return split(text.substr(10), node, arg);
  if (node.name.value.ends_with("_zone") && text.starts_with("zone="))
    return split(text.substr(5), node, arg);
  if (node.is("ssl_session_cache") && text.starts_with("shared:"))
    return split(text.substr(7), node, arg);
  if (node.is("zone") && arg == 0)
    return split(std::string(text) + ':' + std::string(node.arg(1)), node, arg);
  return std::nullopt;
}

class Zones {
 public:
  explicit Zones(Reader& reader) : reader_(reader) {}

  void run() {
    for (const auto& node : reader_.config.nodes) {
      if (node.context == Context::data || node.context == Context::foreign) continue;
      for (std::size_t i = 0; i < node.args.size(); ++i)
        if (auto zone = zone_in(node, i)) define(*std::move(zone));
    }
    for (const auto& node : reader_.config.nodes)
      for (const auto& use : kUses)
        if (node.is(use.use) && node.context != Context::data) used(node, use);
    for (const auto& [name, zone] : zones_) check_upstream(zone);
  }

 private:
  void define(Zone zone) {
    defined_[zone.kind].insert(zone.name);
    if (!zone.size.empty()) sized_.insert(zone.name);
    const auto [it, fresh] = zones_.try_emplace(zone.name, zone);
    const auto& first = it->second;
    if (fresh) return;
    const bool limits = !zone.key.empty();
    const auto size = parse_size(zone.size, false);
    const auto other = parse_size(first.size, false);
    if (first.kind != zone.kind)
      report(zone, "the shared memory zone " + quoted(zone.name) +
                       " is already declared for a different use");
    else if (size && other && *size != *other)
      report(zone, "the size " + std::to_string(*size) + " of shared memory zone " +
                       quoted(zone.name) + " conflicts with already declared size " +
                       std::to_string(*other));
    else if (zone.kind.ends_with("_cache_path"))
      report(zone, "duplicate zone " + quoted(zone.name));
    else if (limits)
      report(zone,
             zone.kind + ' ' + quoted(zone.name) + " is already bound to key " + quoted(first.key));
  }

  // The zone of an upstream may go without a size where another group's has one.
  void check_upstream(const Zone& zone) {
    if (zone.kind != "upstream" || sized_.contains(zone.name)) return;
    reader_.problem(zone.node->args[zone.arg].span, "bad-value", text::Severity::error,
                    "zero size shared memory zone " + quoted(zone.name),
                    "write its size behind the name: zone " + zone.name + " 64k;");
  }

  void report(const Zone& zone, std::string message) {
    reader_.problem_with(zone.node->args[zone.arg].span, "duplicate-zone", std::move(message),
                         zones_.find(zone.name)->second.node->span, "the first one is here");
  }

  void used(const Node& node, const ZoneUse& use) {
    for (const auto& arg : node.args) {
      if (!arg.value.starts_with(use.prefix)) continue;
      const auto name = std::string_view(arg.value).substr(use.prefix.size());
      const auto& known = defined_[std::string(use.definition)];
      if ((!name.empty() || !use.prefix.empty()) && name != "off" && !has_variable(name) &&
          !known.contains(name))
        unknown(node, arg, name, known);
      if (use.prefix.empty()) break;
    }
  }

  // Inherited from http by nobody's server, a cache is looked for only when all is read.
  void unknown(const Node& node, const syntax::Word& word, std::string_view name,
               const std::set<std::string, std::less<>>& known) {
    const bool cache = node.name.value.ends_with("_cache");
    const bool late = node.context == Context::http && !has_server(node);
    const auto message = cache && !late
                             ? quoted(node.name.value) + " zone " + quoted(name) + " is unknown"
                             : "zero size shared memory zone " + quoted(name);
    const auto near = text::nearest(name, known);
    std::string replacement;
    if (near) {
      replacement = word.value;
      replacement.replace(replacement.find(name), name.size(), *near);
    }
    reader_.problem(word.span, "unknown-name", text::Severity::error, message,
                    near ? "did you mean \"" + *near + "\"?" : "", replacement);
  }

  [[nodiscard]] bool has_server(const Node& node) const {
    return !reader_.config.named(node.parent, "server").empty();
  }

  Reader& reader_;
  std::map<std::string, Zone, std::less<>> zones_;
  std::set<std::string, std::less<>> sized_;  // names of those with a size
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> defined_;
};

}  // namespace

void check_zones(Reader& reader) {
  Zones(reader).run();
}

}  // namespace stackaudit::stack::nginx

#include "stack/nginx/names.hpp"

#include "stack/nginx/variables.hpp"
#include "text/suggest.hpp"

#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using Names = std::set<std::string, std::less<>>;

struct ZoneUse {
  std::string_view use, definition, prefix, message;
};
// `prefix` stands before the name where it is used; empty: the first argument is the name.
constexpr std::array<ZoneUse, 6> kZones{{
    {"limit_req", "limit_req_zone", "zone=", "zero size shared memory zone \"{}\""},
    {"limit_conn", "limit_conn_zone", "", "zero size shared memory zone \"{}\""},
    {"proxy_cache", "proxy_cache_path", "", "\"proxy_cache\" zone \"{}\" is unknown"},
    {"fastcgi_cache", "fastcgi_cache_path", "", "\"fastcgi_cache\" zone \"{}\" is unknown"},
    {"uwsgi_cache", "uwsgi_cache_path", "", "\"uwsgi_cache\" zone \"{}\" is unknown"},
    {"scgi_cache", "scgi_cache_path", "", "\"scgi_cache\" zone \"{}\" is unknown"},
}};

bool is_stream(Context context) {
  return context == Context::stream || context == Context::stream_server ||
         context == Context::stream_upstream;
}

std::string filled(std::string_view message, std::string_view name) {
  std::string out(message);
  return out.replace(out.find("{}"), 2, name);
}

void unknown(Reader& reader, const syntax::Word& word, std::string_view name, std::string message,
             const Names& known) {
  const auto near = text::nearest(name, known);
  std::string replacement;
  if (near) {
    replacement = word.value;
    replacement.replace(replacement.find(name), name.size(), *near);
  }
  reader.problem(word.span, "unknown-name", text::Severity::error, std::move(message),
                 near ? "did you mean \"" + *near + "\"?" : "", replacement);
}

// A format must be defined before it is used.
void check_log_formats(Reader& reader) {
  Names http{"combined"};
  Names stream;
  for (const auto& node : reader.config.nodes) {
    auto& known = is_stream(node.context) ? stream : http;
    if (node.is("log_format") && !node.args.empty()) known.emplace(node.arg(0));
    if (!node.is("access_log") || node.args.size() < 2 || node.arg(0) == "off") continue;
    if (node.context == Context::data || node.context == Context::foreign) continue;
    if (!known.contains(node.arg(1)))
      unknown(reader, node.args[1], node.arg(1), "unknown log format \"" + node.args[1].value + '"',
              known);
  }
}

Names zones_of(const Config& config, std::string_view definition) {
  Names names;
  for (const auto& node : config.nodes) {
    if (!node.is(definition)) continue;
    for (const auto& arg : node.args)
      for (const std::string_view prefix : {"zone=", "keys_zone="})
        if (arg.value.starts_with(prefix)) {
          const auto value = std::string_view(arg.value).substr(prefix.size());
          names.emplace(value.substr(0, value.find(':')));
        }
  }
  return names;
}

void check_zones(Reader& reader) {
  for (const auto& kind : kZones) {
    const auto known = zones_of(reader.config, kind.definition);
    for (const auto& node : reader.config.nodes) {
      if (!node.is(kind.use) || node.args.empty() || node.context == Context::data) continue;
      for (const auto& arg : node.args) {
        if (!arg.value.starts_with(kind.prefix)) continue;
        const auto name = std::string_view(arg.value).substr(kind.prefix.size());
        if (name != "off" && !has_variable(name) && !known.contains(name))
          unknown(reader, arg, name, filled(kind.message, name), known);
        if (kind.prefix.empty()) break;
      }
    }
  }
}

bool has_certificate(const Reader& reader, const Claim& claim) {
  return reader.config.inherited(claim.server, "ssl_certificate") != nullptr;
}

bool rejects(const Reader& reader, const Claim& claim) {
  const auto* node = reader.config.inherited(claim.server, "ssl_reject_handshake");
  return node != nullptr && node->arg(0) == "on";
}

void no_certificate(Reader& reader, const Claim& claim) {
  const auto& server = reader.config.nodes[claim.server];
  const auto where = reader.survey.place(server.span);
  reader.problem(claim.span, "no-certificate", text::Severity::error,
                 "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive in " +
                     where.path + ":" + std::to_string(where.line.value_or(0)));
}

}  // namespace

void check_names(Reader& reader) {
  check_log_formats(reader);
  check_zones(reader);
  check_variables(reader);
}

void check_tls(Reader& reader, const std::vector<Claim>& claims) {
  std::map<std::pair<std::string, std::int64_t>, std::vector<const Claim*>> by_address;
  for (const auto& claim : claims)
    if (reader.config.nodes[claim.server].context == Context::http)
      by_address[{claim.address.family + claim.address.numeric + claim.socket, claim.port}]
          .push_back(&claim);
  std::set<std::size_t> told;
  for (const auto& [address, servers] : by_address) {
    const Claim* first = servers.front();
    const Claim* tls = nullptr;
    for (const auto* claim : servers) {
      if (claim->default_server) first = claim;
      if (claim->tls && tls == nullptr) tls = claim;
    }
    if (tls == nullptr || has_certificate(reader, *first)) continue;
    if (!rejects(reader, *first)) {
      if (told.insert(first->server).second) no_certificate(reader, *first);
      continue;
    }
    for (const auto* claim : servers)
      if (!has_certificate(reader, *claim) && !rejects(reader, *claim) &&
          told.insert(claim->server).second)
        no_certificate(reader, *claim);
  }
  for (const auto& node : reader.config.nodes) {
    if (!node.is("ssl_certificate") || node.context != Context::server || !node.parent) continue;
    if (reader.config.inherited(node.parent, "ssl_certificate_key") == nullptr)
      reader.problem(node.span, "no-key", text::Severity::error,
                     "no \"ssl_certificate_key\" is defined for certificate \"" +
                         std::string(node.arg(0)) + '"');
  }
}

}  // namespace stackaudit::stack::nginx

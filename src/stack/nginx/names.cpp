// Definitions are gathered before uses are judged; only formats must come before theirs.
#include "stack/nginx/names.hpp"

#include "stack/nginx/refusal.hpp"
#include "stack/nginx/variables.hpp"
#include "stack/nginx/zones.hpp"
#include "text/suggest.hpp"

#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using Names = std::set<std::string, std::less<>>;

bool is_stream(Context context) {
  return context == Context::stream || context == Context::stream_server ||
         context == Context::stream_upstream;
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
    if (!node.is("access_log") || node.args.empty() || node.arg(0) == "off") continue;
    if (node.args.size() == 1) {
      if (is_stream(node.context))
        reader.problem(node.args[0].span, "bad-value", text::Severity::error,
                       "log format is not specified");
      continue;
    }
    if (node.context == Context::data || node.context == Context::foreign) continue;
    if (!known.contains(node.arg(1)))
      unknown(reader, node.args[1], node.arg(1), "unknown log format \"" + node.args[1].value + '"',
              known);
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

// Where one `listen` of an address says ssl, TLS is spoken on it for all servers: the odd one is
// told, not the default server, which never asked for it.
void no_certificate(Reader& reader, const Claim& claim, const Claim& tls) {
  if (claim.tls || tls.server == claim.server) return no_certificate(reader, claim);
  const auto where = reader.survey.place(reader.config.nodes[claim.server].span);
  reader.problem_with(tls.span, "no-certificate",
                      "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive in " +
                          where.path + ":" + std::to_string(where.line.value_or(0)) +
                          ", for which this ssl holds as well",
                      claim.span, "the same address, without ssl",
                      "take ssl out, or give each server of this address a certificate");
}

// Clients that must show a certificate can be verified only against one.
void check_client_verification(Reader& reader, const std::vector<Claim>& claims) {
  std::set<std::size_t> told;
  for (const auto& claim : claims) {
    const auto* verify = reader.config.inherited(claim.server, "ssl_verify_client");
    if (!claim.tls || verify == nullptr || !has_certificate(reader, claim) ||
        (verify->arg(0) != "on" && verify->arg(0) != "optional"))
      continue;
    const bool trusted =
        reader.config.inherited(claim.server, "ssl_trusted_certificate") != nullptr &&
        !reader.build.lacks("1.27.2");
    if (trusted || reader.config.inherited(claim.server, "ssl_client_certificate") != nullptr)
      continue;
    if (told.insert(static_cast<std::size_t>(verify - reader.config.nodes.data())).second)
      reader.problem(verify->span, "bad-value", text::Severity::error,
                     "no ssl_client_certificate for ssl_verify_client");
  }
}

// The n-th certificate goes with the n-th key; a server takes over the list of either as a whole.
void check_keys(Reader& reader) {
  const auto& config = reader.config;
  std::set<const Node*> told;
  for (std::size_t server = 0; server < config.nodes.size(); ++server) {
    if (!config.nodes[server].block || !config.nodes[server].is("server") ||
        config.nodes[server].context != Context::http)
      continue;
    const auto* certificate = config.inherited(server, "ssl_certificate");
    if (certificate == nullptr) continue;
    const auto* key = config.inherited(server, "ssl_certificate_key");
    const auto keys = key == nullptr ? 0 : config.named(key->parent, "ssl_certificate_key").size();
    const auto certificates = config.named(certificate->parent, "ssl_certificate");
    if (keys >= certificates.size()) continue;
    const auto& last = config.nodes[certificates.back()];
    if (told.insert(&last).second)
      reader.problem(
          last.span, "no-key", text::Severity::error,
          "no \"ssl_certificate_key\" is defined for certificate " + quoted(last.arg(0)));
  }
}

// A directive that switches TLS on, without a certificate in the server.
void check_switched_on(Reader& reader) {
  for (const auto& node : reader.config.nodes) {
    const bool on = node.is("ssl") && node.arg(0) == "on";
    const bool mail = node.is("starttls") && (node.arg(0) == "on" || node.arg(0) == "only");
    const bool server = node.context == Context::server || node.context == Context::mail_server;
    if ((!on && !mail) || !server ||
        reader.config.inherited(node.parent, "ssl_certificate") != nullptr)
      continue;
    const auto place = reader.survey.place(node.span);
    reader.problem(node.span, "no-certificate", text::Severity::error,
                   "no \"ssl_certificate\" is defined for the \"" + node.name.value +
                       "\" directive in " + place.path + ":" +
                       std::to_string(place.line.value_or(0)));
  }
}

struct Backend {
  std::string_view pass, scheme;  // of TLS
  std::string_view prefix;        // of its directives
};
constexpr std::array<Backend, 3> kBackends{{{"proxy_pass", "https://", "proxy_ssl_"},
                                            {"grpc_pass", "grpcs://", "grpc_ssl_"},
                                            {"uwsgi_pass", "suwsgi://", "uwsgi_ssl_"}}};

// nginx prepares TLS for a backend of that scheme, and for any that a variable decides. A
// certificate needs its key, and what is verified authorities to verify it with.
void check_backend(Reader& reader, const Node& pass, const Backend& backend,
                   std::set<const Node*>& told) {
  const auto of = [&](std::string_view name) {
    return reader.config.inherited(pass.parent, std::string(backend.prefix) + std::string(name));
  };
  const auto* certificate = of("certificate");
  const auto* verify = of("verify");
  if (certificate != nullptr && of("certificate_key") == nullptr && told.insert(certificate).second)
    reader.problem(certificate->span, "no-key", text::Severity::error,
                   "no \"" + std::string(backend.prefix) +
                       "certificate_key\" is defined for certificate \"" +
                       std::string(certificate->arg(0)) + '"');
  if (verify != nullptr && verify->arg(0) == "on" && of("trusted_certificate") == nullptr &&
      told.insert(verify).second)
    reader.problem(verify->span, "bad-value", text::Severity::error,
                   "no " + std::string(backend.prefix) + "trusted_certificate for " +
                       std::string(backend.prefix) + "verify");
}

void check_backends(Reader& reader) {
  std::set<const Node*> told;
  for (const auto& node : reader.config.nodes)
    for (const auto& backend : kBackends)
      if (node.is(backend.pass) && node.context != Context::stream_server &&
          (node.arg(0).starts_with(backend.scheme) || has_variable(node.arg(0))))
        check_backend(reader, node, backend, told);
}

// In stream and mail every listening server needs its own.
void check_own_certificates(Reader& reader, const std::vector<Claim>& claims) {
  std::set<std::size_t> told;
  for (const auto& claim : claims)
    if (claim.tls && reader.config.nodes[claim.server].context != Context::http &&
        !has_certificate(reader, claim) && !rejects(reader, claim) &&
        told.insert(claim.server).second)
      no_certificate(reader, claim);
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
      if (told.insert(first->server).second) no_certificate(reader, *first, *tls);
      continue;
    }
    for (const auto* claim : servers)
      if (!has_certificate(reader, *claim) && !rejects(reader, *claim) &&
          told.insert(claim->server).second)
        no_certificate(reader, *claim);
  }
  check_own_certificates(reader, claims);
  check_switched_on(reader);
  check_backends(reader);
  check_client_verification(reader, claims);
  check_keys(reader);
}

}  // namespace stackaudit::stack::nginx

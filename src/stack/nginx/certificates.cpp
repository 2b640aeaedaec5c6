// tls/ finds out what is wrong with a file; how nginx says it stands here.
#include "stack/nginx/certificates.hpp"

#include "stack/nginx/refusal.hpp"
#include "stack/nginx/variables.hpp"
#include "stack/tls/pem.hpp"
#include "stack/tls/tls.hpp"

#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

// Words of nginx 1.22 (ngx_event_openssl.c).
std::string wording(tls::Refused how, const std::string& path, const std::string& openssl) {
  switch (how) {
    case tls::Refused::certificate:
      return "cannot load certificate " + quoted(path) + ": PEM_read_bio_X509_AUX() failed " +
             openssl;
    case tls::Refused::key:
    case tls::Refused::encrypted_key:
      return "cannot load certificate key " + quoted(path) + ": PEM_read_bio_PrivateKey() failed " +
             openssl;
    case tls::Refused::mismatch:
      return "SSL_CTX_use_PrivateKey(" + quoted(path) +
             ") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)";
    case tls::Refused::parameters:
      return "PEM_read_bio_DHparams(" + quoted(path) + ") failed " + openssl;
    case tls::Refused::weak_key:
      return "SSL_CTX_use_certificate(" + quoted(path) +
             ") failed (SSL: error:0A00018F:SSL routines::ee key too small)";
    case tls::Refused::weak_parameters:
      return "SSL_CTX_set_tmp_dh(" + quoted(path) +
             ") failed (SSL: error:0A00018A:SSL routines::dh key too small)";
  }
  return {};
}

std::string wording_of_trust(tls::Refused, const std::string& path, const std::string&) {
  return "SSL_CTX_load_verify_locations(" + quoted(path) + ") failed";
}

std::string wording_of_revocation(tls::Refused, const std::string& path,
                                  const std::string& openssl) {
  return "X509_LOOKUP_load_file(" + quoted(path) + ") failed " + openssl;
}

// Which key goes with a certificate, and where a passphrase for it would be named.
struct Names {
  std::string_view certificate, key, passwords;
};
constexpr std::array<Names, 4> kPairs{{
    {"ssl_certificate", "ssl_certificate_key", "ssl_password_file"},
    {"proxy_ssl_certificate", "proxy_ssl_certificate_key", "proxy_ssl_password_file"},
    {"uwsgi_ssl_certificate", "uwsgi_ssl_certificate_key", "uwsgi_ssl_password_file"},
    {"grpc_ssl_certificate", "grpc_ssl_certificate_key", "grpc_ssl_password_file"},
}};

class Certificates {
 public:
  explicit Certificates(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.block && node.is("server") && node.context == Context::http) handshake(i);
      if (node.args.size() == 2 && node.context != Context::data &&
          ((node.is("ssl_conf_command") && config_.serves_tls(node)) ||
           (node.is("proxy_ssl_conf_command") && passes_tls(node))))
        command(node);
      if (node.args.size() != 1 || node.context == Context::data || !is_file(node)) continue;
      if (node.name.value.starts_with("ssl_") && !config_.serves_tls(node)) continue;
      for (const auto& names : kPairs)
        if (node.is(names.certificate)) pair(node, names);
      if (node.is("ssl_ciphers") || (node.is("proxy_ssl_ciphers") && passes_tls(node)))
        ciphers(node);
      if (node.is("ssl_ecdh_curve") && node.arg(0) != "auto") curves(node);
      if (node.is("ssl_dhparam") && first(node))
        tls::check_parameters(reader_.survey, "nginx", named(node), wording, ciphers_of(node));
      if ((node.is("ssl_trusted_certificate") || node.is("ssl_client_certificate")) && first(node))
        tls::check_trusted(reader_.survey, "nginx", named(node), wording_of_trust);
      if (node.is("proxy_ssl_trusted_certificate") && verifies(node) && first(node))
        tls::check_trusted(reader_.survey, "nginx", named(node), wording_of_trust);
      if (node.is("ssl_crl") && first(node))
        tls::check_revoked(reader_.survey, "nginx", named(node), wording_of_revocation);
    }
  }

 private:
  static bool is_file(const Node& node) {
    constexpr std::array<std::string_view, 3> kElsewhere{"data:", "engine:", "store:"};
    return !is_dynamic(node) && !starts_with_one_of(node.arg(0), kElsewhere);
  }

  [[nodiscard]] tls::Named named(const Node& node) const {
    return {node.args[0].span, reader_.conf_relative(node.arg(0))};
  }

  // Beside a proxy_pass of https: nginx sets TLS up for no other.
  [[nodiscard]] bool passes_tls(const Node& node) const {
    const auto* pass = config_.own(node.parent, "proxy_pass");
    return pass != nullptr && pass->arg(0).starts_with("https://");
  }

  // nginx loads whom a backend's certificate may come from where it is to verify it.
  [[nodiscard]] bool verifies(const Node& node) const {
    const auto* verify = config_.own(node.parent, "proxy_ssl_verify");
    return passes_tls(node) && verify != nullptr && verify->arg(0) == "on";
  }

  [[nodiscard]] std::string ciphers_of(const Node& node) const {
    const auto* list = config_.inherited(node.parent, "ssl_ciphers");
    return list == nullptr ? std::string{} : list->joined();
  }

  // Lists in the syntax of another library are left alone.
  void ciphers(const Node& node) {
    if (node.arg(0).find('[') != std::string_view::npos) return;
    const auto openssl = tls::refuses_ciphers(std::string(node.arg(0)));
    if (openssl.empty()) return;
    reader_.problem(node.args[0].span, "bad-value", text::Severity::error,
                    "SSL_CTX_set_cipher_list(" + quoted(node.arg(0)) + ") failed " + openssl,
                    "openssl ciphers -v 'LIST' shows what a list means");
  }

  void curves(const Node& node) {
    const auto openssl = tls::refuses_curves(std::string(node.arg(0)));
    if (openssl.empty()) return;
    reader_.problem(node.args[0].span, "bad-value", text::Severity::error,
                    "SSL_CTX_set1_curves_list(" + quoted(node.arg(0)) + ") failed " + openssl,
                    "openssl ecparam -list_curves names them");
  }

  void command(const Node& node) {
    if (has_variable(node.arg(0)) || has_variable(node.arg(1))) return;
    const auto openssl = tls::refuses_command(std::string(node.arg(0)), std::string(node.arg(1)));
    if (openssl.empty()) return;
    reader_.problem(
        node.args[0].span, "bad-value", text::Severity::error,
        "SSL_CONF_cmd(" + quoted(node.arg(0)) + ", " + quoted(node.arg(1)) + ") failed " + openssl,
        "SSL_CONF_cmd(3) has the commands");
  }

  // One file is told of once for each directive, where it is first named.
  bool first(const Node& node) {
    return told_.insert({node.name.value, std::string(node.arg(0))}).second;
  }

  // The n-th certificate of a block goes with its n-th key.
  void pair(const Node& node, const Names& names) {
    tls::Pair pair{"nginx", named(node), std::nullopt,
                   config_.inherited(node.parent, names.passwords) != nullptr};
    const auto* key = key_of(node, names);
    if (key == nullptr) return;
    if (!is_file(*key) ||
        !told_.insert({std::string(node.arg(0)), std::string(key->arg(0))}).second)
      return;
    pair.key = named(*key);
    if (node.is("ssl_certificate")) {
      pair.ciphers = ciphers_of(node);
      if (node.context == Context::server)
        for (const auto child : config_.named(node.parent, "server_name"))
          for (const auto& word : config_.nodes[child].args) pair.hosts.push_back(word.value);
    }
    tls::check_pair(reader_.survey, pair, wording, tls::present());
  }

  [[nodiscard]] const Node* key_of(const Node& node, const Names& names) const {
    std::size_t position = 0;
    for (const auto child : config_.named(node.parent, names.certificate)) {
      if (&config_.nodes[child] == &node) break;
      ++position;
    }
    const Node* last = nullptr;
    for (const auto child : config_.named(node.parent, names.key)) {
      const auto& key = config_.nodes[child];
      if (key.args.size() != 1) continue;
      last = &key;
      if (position-- == 0) return last;
    }
    return last == nullptr ? config_.inherited(node.parent, names.key) : nullptr;
  }

  // For each name of the server, as the client sends it: SNI. Of a key, too, it is the worker that
  // must have it: a reader too many is no finding here.
  void handshake(std::size_t server) {
    if (!reader_.worker) return;
    for (const std::string_view directive : {"ssl_certificate", "ssl_certificate_key"}) {
      const auto* node = config_.inherited(server, directive);
      if (node == nullptr || !has_variable(node->arg(0)) || !config_.serves_tls(*node)) continue;
      for (const auto child : config_.named(server, "server_name"))
        for (const auto& name : config_.nodes[child].args) handshake_file(*node, name.value);
    }
  }

  void handshake_file(const Node& node, const std::string& name) {
    if (name.empty() || name == "_" || name.find_first_of("*~$") != std::string::npos ||
        name.starts_with('.'))
      return;
    auto path = with(std::string(node.arg(0)), "ssl_server_name", name);
    for (const auto& map : config_.nodes)
      if (map.block && map.is("map") && map.args.size() == 2 && map.arg(0) == "$ssl_server_name")
        if (const auto value = mapped(map, name))
          path = with(std::move(path), map.arg(1).substr(1), *value);
    if (has_variable(path) || path.starts_with("data:")) return;
    path = reader_.conf_relative(path);
    if (reader_.survey.state_of(path, "file") != "found") return;
    reader_.survey.open(*reader_.worker,
                        {tree::Operation::read, path, reader_.survey.place(node.args[0].span),
                         "certificate", "request", "the TLS handshake fails", true});
  }

  // The path with the value in the place of "$name" and "${name}".
  static std::string with(std::string path, std::string_view name, std::string_view value) {
    const auto plain = "$" + std::string(name);
    const auto braced = "${" + std::string(name) + "}";
    if (const auto at = path.find(braced); at != std::string::npos)
      path.replace(at, braced.size(), value);
    else if (path.ends_with(plain) || path.find(plain + ".") != std::string::npos ||
             path.find(plain + "/") != std::string::npos)
      path.replace(path.find(plain), plain.size(), value);
    return path;
  }

  // What a map makes of the name; nullopt where a pattern or another file may say it.
  [[nodiscard]] std::optional<std::string> mapped(const Node& map, std::string_view name) const {
    std::optional<std::string> otherwise;
    for (const auto child : map.children) {
      const auto& line = config_.nodes[child];
      const std::string_view key = line.name.value;
      if (key == name && line.args.size() == 1) return std::string(line.arg(0));
      if (key == "include" || key == "hostnames" || key.starts_with('~')) return std::nullopt;
      if (key == "default" && line.args.size() == 1) otherwise = line.arg(0);
    }
    return otherwise;
  }

  Reader& reader_;
  const Config& config_;
  std::set<std::pair<std::string, std::string>> told_;
};

}  // namespace

void check_certificates(Reader& reader) {
  Certificates(reader).run();
}

}  // namespace stackaudit::stack::nginx

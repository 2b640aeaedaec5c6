// What mod_ssl loads when httpd starts: certificates with their keys, and the list of ciphers. The
// configuration test does not come so far.
#include "stack/apache/parts.hpp"
#include "stack/tls/pem.hpp"
#include "stack/tls/tls.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::apache {
namespace {

// Words of httpd 2.4 (ssl_engine_init.c, ssl_engine_pphrase.c).
std::string wording(tls::Refused how, const std::string& path, const std::string& openssl) {
  switch (how) {
    case tls::Refused::certificate:
      return "AH02562: Failed to configure certificate (with chain), check " + path + ' ' + openssl;
    case tls::Refused::key:
    case tls::Refused::encrypted_key:
      return "AH02564: Failed to configure encrypted (?) private key, check " + path + ' ' +
             openssl;
    case tls::Refused::mismatch:
      return "AH02565: Certificate and private key from " + path + " do not match";
    case tls::Refused::weak_key:
      return "AH02562: Failed to configure certificate (with chain), check " + path +
             " (SSL: error:0A00018F:SSL routines::ee key too small)";
    case tls::Refused::parameters:
    case tls::Refused::weak_parameters:
      break;
  }
  return {};
}

using Settings = std::vector<const Setting*>;

// Those of the server itself, else of the main server.
Settings all_of(const Httpd& httpd, int server, std::string_view name) {
  for (const int each : {server, 0}) {
    Settings found;
    for (const auto number : httpd.index.servers[static_cast<std::size_t>(each)].settings) {
      const auto& setting = httpd.settings[number];
      if (setting.name == name && setting.section < 0 && !setting.args.empty())
        found.push_back(&setting);
    }
    if (!found.empty()) return found;
  }
  return {};
}

bool speaks_tls(const Httpd& httpd, int server) {
  const auto* engine = find_setting(httpd, "sslengine", server);
  return engine != nullptr && engine->args[0].known &&
         !text::equal_ignoring_case(engine->args[0].value, "off");
}

bool is_empty(const Httpd& httpd, const std::string& path) {
  if (httpd.survey.state_of(path, "file") != "found") return false;  // bound over it, perhaps
  const auto end = tree::resolve(httpd.survey.tree, path);
  return end && end.stat.type == tree::FileType::regular && end.stat.size == 0;
}

// None for what is no plain file, and for an empty one, which check_filled() tells.
std::optional<tls::Named> file_of(const Httpd& httpd, const Setting& setting) {
  const auto& arg = setting.args[0];
  if (!arg.known || arg.value.find(':') != std::string::npos) return std::nullopt;
  auto path = httpd.path_of(arg.value);
  if (is_empty(httpd, path)) return std::nullopt;
  return tls::Named{arg.span, std::move(path)};
}

// The configuration test itself refuses empty files of these, whether TLS is spoken or not.
constexpr std::array<std::string_view, 12> kFilled{"SSLCertificateFile",
                                                   "SSLCertificateKeyFile",
                                                   "SSLCertificateChainFile",
                                                   "SSLCACertificateFile",
                                                   "SSLCADNRequestFile",
                                                   "SSLCARevocationFile",
                                                   "SSLProxyCACertificateFile",
                                                   "SSLProxyCARevocationFile",
                                                   "SSLProxyMachineCertificateFile",
                                                   "SSLProxyMachineCertificateChainFile",
                                                   "SSLSessionTicketKeyFile",
                                                   "SSLOCSPResponderCertificateFile"};

void check_filled(Httpd& httpd) {
  for (const auto& setting : httpd.settings) {
    if (!setting.name.starts_with("ssl") || setting.args.empty() || !setting.args[0].known)
      continue;
    const auto name = std::ranges::find_if(kFilled, [&](std::string_view each) {
      return text::equal_ignoring_case(each, setting.name);
    });
    if (name == kFilled.end()) continue;
    const auto path = httpd.path_of(setting.args[0].value);
    if (!is_empty(httpd, path)) continue;
    report(httpd, {setting.args[0].span,
                   "tls-refused",
                   true,
                   std::string(*name) + ": file '" + path + "' does not exist or is empty",
                   "the file is empty: put the certificate or the key there again",
                   {}});
  }
}

void check_server(Httpd& httpd, int server, std::set<std::string>& told) {
  const auto certificates = all_of(httpd, server, "sslcertificatefile");
  const auto keys = all_of(httpd, server, "sslcertificatekeyfile");
  const bool passphrase = find_setting(httpd, "sslpassphrasedialog", 0) != nullptr;
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    const auto certificate = file_of(httpd, *certificates[i]);
    if (!certificate) continue;
    tls::Pair pair{"apache", *certificate, std::nullopt, passphrase};
    for (const std::string_view name : {"servername", "serveralias"})
      for (const auto* setting : all_of(httpd, server, name))
        for (const auto& arg : setting->args)
          pair.hosts.push_back(arg.value.substr(0, arg.value.find(':')));
    if (const auto* list = find_setting(httpd, "sslciphersuite", server))
      pair.ciphers = list->args[0].value;
    if (i < keys.size()) {
      pair.key = file_of(httpd, *keys[i]);
      if (!pair.key) continue;
    }
    if (told.insert(certificate->path + '\n' + (pair.key ? pair.key->path : "")).second)
      tls::check_pair(httpd.survey, pair, wording, tls::present());
  }
}

std::string wording_of_trust(tls::Refused, const std::string&, const std::string& openssl) {
  return "AH01895: Unable to configure verify locations for client authentication " + openssl;
}

std::string wording_of_revocation(tls::Refused, const std::string&, const std::string& openssl) {
  return "AH01901: unable to configure X.509 CRL storage for certificate revocation " + openssl;
}

// Whom a certificate may come from and which are revoked, and the setting without which mod_ssl
// does not look at them.
struct Authority {
  std::string_view name, engine;
  bool revoked = false;
};
constexpr std::array kAuthorities{Authority{"sslcacertificatefile", "sslengine"},
                                  Authority{"sslproxycacertificatefile", "sslproxyengine"},
                                  Authority{"sslcarevocationfile", "sslengine", true},
                                  Authority{"sslproxycarevocationfile", "sslproxyengine", true}};

void check_authorities(Httpd& httpd, int server, std::set<std::string>& told) {
  for (const auto& authority : kAuthorities) {
    const auto* setting = find_setting(httpd, authority.name, server);
    const auto* engine = find_setting(httpd, authority.engine, server);
    if (setting == nullptr || engine == nullptr || engine->args.empty() || setting->args.empty() ||
        text::equal_ignoring_case(engine->args[0].value, "off"))
      continue;
    const auto file = file_of(httpd, *setting);
    if (!file || !told.insert(std::string(authority.name) + '\n' + file->path).second) continue;
    if (authority.revoked)
      tls::check_revoked(httpd.survey, "apache", *file, wording_of_revocation);
    else
      tls::check_trusted(httpd.survey, "apache", *file, wording_of_trust);
  }
}

// httpd reads 48 bytes and ends the start without them.
void check_tickets(Httpd& httpd, int server, std::set<std::string>& told) {
  constexpr std::uint64_t kKey = 48;
  const auto* setting = find_setting(httpd, "sslsessionticketkeyfile", server);
  const auto file =
      setting == nullptr || setting->args.empty() ? std::nullopt : file_of(httpd, *setting);
  if (!file || !told.insert("ticket\n" + file->path).second) return;
  const auto end = tree::resolve(httpd.survey.tree, file->path);
  if (!end || end.stat.type != tree::FileType::regular || end.stat.size >= kKey) return;
  report(httpd, {file->span,
                 "bad-value",
                 true,
                 "AH02287: Failed to read 48 bytes from " + file->path,
                 "openssl rand -out FILE 48 makes such a file",
                 {}});
}

// "SSLCipherSuite TLSv1.3 LIST" is another list.
void check_ciphers(Httpd& httpd, const Setting& setting) {
  if (setting.args.size() != 1 || !setting.args[0].known) return;
  const auto openssl = tls::refuses_ciphers(setting.args[0].value);
  if (openssl.empty()) return;
  report(httpd, {setting.args[0].span,
                 "bad-value",
                 true,
                 "AH01898: Unable to configure permitted SSL ciphers " + openssl,
                 "openssl ciphers -v 'LIST' shows what a list means",
                 {}});
}

}  // namespace

void check_tls_files(Httpd& httpd) {
  check_filled(httpd);
  std::set<std::string> told;
  std::set<const Setting*> ciphers;
  for (int server = 0; server < static_cast<int>(httpd.servers.size()); ++server) {
    if (!speaks_tls(httpd, server)) continue;
    if (server == 0 && httpd.servers.size() > 1) continue;
    check_server(httpd, server, told);
    check_authorities(httpd, server, told);
    check_tickets(httpd, server, told);
    if (const auto* list = find_setting(httpd, "sslciphersuite", server);
        list != nullptr && ciphers.insert(list).second)
      check_ciphers(httpd, *list);
  }
}

}  // namespace stackaudit::stack::apache

// What is wrong is told in the words of the server that asks.
#include "stack/tls/tls.hpp"

#include "stack/tls/pem.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

namespace stackaudit::stack::tls {
namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
constexpr std::int64_t kSoon = 21;  // days
constexpr std::size_t kLargest = 1U << 20U;

class Checker {
 public:
  Checker(Survey& survey, std::string_view service, const Wording& wording)
      : survey_(survey), service_(service), wording_(wording) {}

  // A key is never put among the texts that reports quote from.
  [[nodiscard]] std::optional<std::string> text(const Named& file) const {
    if (survey_.state_of(file.path, "file") == "unseen") return std::nullopt;  // bound over it
    auto content = tree::read_file(survey_.tree, file.path, kLargest);
    if (!content) return std::nullopt;
    return *std::move(content);
  }

  void refused(Refused how, const Named& file, const std::string& openssl, std::string help) {
    add(file, "tls-refused", "error", wording_(how, file.path, openssl), std::move(help));
  }

  void add(const Named& file, std::string_view code, std::string_view severity, std::string message,
           std::string help) {
    survey_.add_problem(survey_.place(file.span), {.service = service_,
                                                   .language = "pem",
                                                   .code = code,
                                                   .severity = severity,
                                                   .message = std::move(message),
                                                   .help = std::move(help)});
  }

 private:
  Survey& survey_;
  std::string_view service_;
  const Wording& wording_;
};

std::string why_no_pem(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "the file is empty";
  if (text.find("-----BEGIN") == std::string_view::npos)
    return text.find('\0') == std::string_view::npos
               ? "the file is no PEM: it has no line that begins with -----BEGIN"
               : "the file is no PEM but binary; openssl x509 -inform DER converts a certificate";
  if (text.find("-----END") == std::string_view::npos)
    return "the file ends before its -----END line";
  return {};
}

void validity(Checker& checker, const Named& file, const Certificate& leaf, std::int64_t now) {
  const auto subject = "certificate " + file.path + " (" + leaf.subject + ") ";
  const auto left = (leaf.ends - now) / kDay;
  if (leaf.ends <= now)
    checker.add(file, "certificate-expired", "error", subject + "expired on " + date(leaf.ends),
                "renew it; the server must reload afterwards");
  else if (left < kSoon)
    checker.add(file, "certificate-expires-soon", "warning",
                subject + "expires on " + date(leaf.ends) + ", in " + std::to_string(left) +
                    (left == 1 ? " day" : " days"),
                "renew it; the server must reload afterwards");
  else if (leaf.begins > now + kDay)
    checker.add(file, "certificate-not-yet", "warning",
                subject + "is valid from " + date(leaf.begins) + " on", "");
}

// Whether these are fewer security bits than OpenSSL asks for: Debian's has level 2, others at
// least level 1; a list of ciphers or the library's own settings may say otherwise.
bool is_too_weak(int bits, const tree::Tree& tree, std::string_view ciphers) {
  constexpr int kLevelOne = 80, kLevelTwo = 112;
  if (bits >= kLevelTwo || ciphers.find("SECLEVEL") != std::string_view::npos) return false;
  for (const std::string_view path : {"/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"})
    if (const auto settings = tree::read_file(tree, path, kLargest))
      for (const std::string_view low : {"SECLEVEL=0", "SECLEVEL=1", "SECLEVEL = "})
        if (settings->find(low) != std::string::npos) return false;
  return bits < (tree::resolve(tree, "/etc/debian_version") ? kLevelTwo : kLevelOne);
}

bool covers(std::string_view name, std::string_view host) {
  if (!name.starts_with("*.")) return name == host;
  const auto dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.substr(dot) == name.substr(1);
}

// Names that visitors could write into the address; a placeholder for the bare name of
// the machine, as Debian makes one, is for none of them.
void hosts(Checker& checker, const Pair& pair, const Certificate& leaf) {
  const bool placeholder = std::ranges::none_of(
      leaf.names, [](const std::string& name) { return name.find('.') != std::string::npos; });
  if (placeholder) return;
  std::string first;
  for (const auto& written : pair.hosts) {
    const auto host = text::lower(written);
    if (host.find('.') == std::string::npos || host.find_first_of("~*$_:") != std::string::npos ||
        host.starts_with('.') || host.find_first_not_of("0123456789.") == std::string::npos)
      continue;
    for (const auto& name : leaf.names)
      if (covers(name, host)) return;
    if (first.empty()) first = host;
  }
  if (first.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < leaf.names.size() && i < 3; ++i)
    names += (i == 0 ? "" : ", ") + leaf.names[i];
  checker.add(pair.certificate, "certificate-name", "warning",
              "certificate " + pair.certificate.path + " is for " + names + ", not for " + first,
              "name the certificate of this site");
}

void order(Checker& checker, const Named& file, const std::vector<Certificate>& chain) {
  for (const auto& one : chain)
    if (!one.issued_by_next) {
      checker.add(file, "certificate-chain", "warning",
                  "in " + file.path + " the certificate after " + one.subject +
                      " is not the one that issued it",
                  "each certificate must be followed by its issuer's");
      return;
    }
}

void key_of(Checker& checker, const Pair& pair, const std::string& text, Certificates& read,
            const std::string& pem) {
  const auto& file = pair.key ? *pair.key : pair.certificate;
  const auto key = read_key(text);
  if (!key.fine) {
    if (key.encrypted && pair.passphrase_known) return;
    checker.refused(key.encrypted ? Refused::encrypted_key : Refused::key, file, key.error,
                    key.encrypted ? "the key needs a passphrase and nobody is there to type it"
                                  : why_no_pem(text));
    return;
  }
  read = read_certificates(pem, text);
  if (read.chain.empty() || read.chain.front().has_key) return;
  const auto other = std::ranges::find_if(read.chain, &Certificate::has_key);
  checker.refused(Refused::mismatch, file, "",
                  other == read.chain.end()
                      ? "the key belongs to another certificate than " + read.chain.front().subject
                      : "the key belongs to a later certificate of " + pair.certificate.path +
                            " (" + other->subject + "), which must be its first");
}

}  // namespace

void check_pair(Survey& survey, const Pair& pair, const Wording& wording, std::int64_t now) {
  Checker checker(survey, pair.service, wording);
  const auto pem = checker.text(pair.certificate);
  const auto secret = pair.key ? checker.text(*pair.key) : pem;
  if (!pem) return;
  auto read = read_certificates(*pem, {});
  if (read.chain.empty())
    checker.refused(Refused::certificate, pair.certificate, read.error, why_no_pem(*pem));
  if (secret) key_of(checker, pair, *secret, read, *pem);
  if (read.chain.empty()) return;
  if (const auto bits = read.chain.front().strength;
      bits > 0 && is_too_weak(bits, survey.tree, pair.ciphers))
    checker.refused(Refused::weak_key, pair.certificate, "", "make a key of 2048 bits or more");
  hosts(checker, pair, read.chain.front());
  validity(checker, pair.certificate, read.chain.front(), now);
  order(checker, pair.certificate, read.chain);
}

void check_parameters(Survey& survey, std::string_view service, const Named& file,
                      const Wording& wording, std::string_view ciphers) {
  Checker checker(survey, service, wording);
  const auto pem = checker.text(file);
  if (!pem) return;
  if (const auto bits = strength_of_parameters(*pem);
      bits && is_too_weak(*bits, survey.tree, ciphers))
    checker.refused(Refused::weak_parameters, file, "", "openssl dhparam 2048 makes larger ones");
  if (const auto openssl = refuses_parameters(*pem); !openssl.empty())
    checker.refused(Refused::parameters, file, openssl, why_no_pem(*pem));
}

void check_trusted(Survey& survey, std::string_view service, const Named& file,
                   const Wording& wording) {
  Checker checker(survey, service, wording);
  const auto pem = checker.text(file);
  if (!pem) return;
  if (const auto read = read_certificates(*pem, {}); read.chain.empty())
    checker.refused(Refused::certificate, file, read.error, why_no_pem(*pem));
}

void check_revoked(Survey& survey, std::string_view service, const Named& file,
                   const Wording& wording) {
  Checker checker(survey, service, wording);
  const auto pem = checker.text(file);
  if (!pem || pem->find("-----BEGIN X509 CRL-----") != std::string::npos ||
      !read_certificates(*pem, {}).chain.empty())
    return;
  checker.refused(Refused::certificate, file,
                  "(SSL: error:05800088:x509 certificate routines::no certificate or crl found)",
                  why_no_pem(*pem));
}

std::int64_t present() {
  if (const char* fixed = std::getenv("SOURCE_DATE_EPOCH")) {
    const std::string_view text(fixed);
    std::int64_t seconds = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec == std::errc())
      return seconds;
  }
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace stackaudit::stack::tls

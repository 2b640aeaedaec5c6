// Certificates and keys as a server that names them would load them. Every server's reader calls
// these; what it says in its own words it adds itself.
#pragma once

#include "stack/survey.hpp"

#include <functional>

namespace stackaudit::stack::tls {

// A file, and the words of the configuration that name it.
struct Named {
  text::Span span;
  std::string path;  // absolute
};

struct Pair {
  std::string service;  // "nginx", "apache"
  Named certificate;
  std::optional<Named> key;          // none: in the certificate's own file
  bool passphrase_known = false;     // a file or a program gives the passphrase
  std::vector<std::string> hosts{};  // that the server answers to, as written
  std::string ciphers{};             // the list in effect, which may lower the security level
};

// What the server answers when it loads the file; openssl: "(SSL: error:...)".
enum class Refused : std::uint8_t {
  certificate,
  key,
  encrypted_key,
  mismatch,
  parameters,
  weak_key,
  weak_parameters
};
using Wording =
    std::function<std::string(Refused, const std::string& path, const std::string& openssl)>;

// Adds syntax_problem rows with these codes: tls-refused (error), certificate-expired (error),
// certificate-expires-soon, certificate-not-yet, certificate-chain, certificate-name (warning).
// What is too weak for OpenSSL's security level is refused as well. Files that cannot be read are
// somebody else's business. now: seconds since 1970.
void check_pair(Survey& survey, const Pair& pair, const Wording& wording, std::int64_t now);

// The same for Diffie-Hellman parameters, and for certificates that are only trusted.
void check_parameters(Survey& survey, std::string_view service, const Named& file,
                      const Wording& wording, std::string_view ciphers = {});
void check_trusted(Survey& survey, std::string_view service, const Named& file,
                   const Wording& wording);

// The same for lists of revoked certificates; OpenSSL takes a certificate for one, too.
void check_revoked(Survey& survey, std::string_view service, const Named& file,
                   const Wording& wording);

// Now; or the second that the environment variable SOURCE_DATE_EPOCH says, for results that can be
// repeated.
[[nodiscard]] std::int64_t present();

}  // namespace stackaudit::stack::tls

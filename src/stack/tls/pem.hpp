// What is in the files that TLS is set up with, by OpenSSL's own library: certificates, keys,
// parameters. Takes texts, not paths; nothing is verified against any authority.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::tls {

struct Certificate {
  std::string subject;      // "CN=www.a.net, O=A"
  std::int64_t begins = 0;  // seconds since 1970
  std::int64_t ends = 0;
  bool issued_by_next = true;      // the next one of the file is its issuer; of the last: true
  bool has_key = false;            // the key that was given is this one's
  int strength = 0;                // security bits of its key: 112 for RSA with 2048
  std::vector<std::string> names;  // hosts that it is for, in lower case: "*.a.net"
};

struct Certificates {
  std::vector<Certificate> chain;  // in the order of the file
  std::string error;               // OpenSSL's words where not even the first could be read
};

// All certificates of a PEM text. key: the text of a private key, or empty.
[[nodiscard]] Certificates read_certificates(std::string_view pem, std::string_view key);

struct Key {
  bool fine = false;
  bool encrypted = false;  // it needs a passphrase
  std::string error;       // OpenSSL's words
};
[[nodiscard]] Key read_key(std::string_view pem);

// OpenSSL's words where the text has no Diffie-Hellman parameters; empty where it has.
[[nodiscard]] std::string refuses_parameters(std::string_view pem);

// The security bits of Diffie-Hellman parameters: 112 for 2048 bits; none where there are none.
[[nodiscard]] std::optional<int> strength_of_parameters(std::string_view pem);

// OpenSSL's words where no cipher fits the list ("HIGH:!aNULL"); empty where one does.
[[nodiscard]] std::string refuses_ciphers(const std::string& list);

// OpenSSL's words where it knows one of the curves of the list not ("X25519:prime256v1").
[[nodiscard]] std::string refuses_curves(const std::string& list);

// OpenSSL's words where it does not know the command of a configuration file ("MinProtocol") or
// refuses its value; commands that name a file are not tried.
[[nodiscard]] std::string refuses_command(const std::string& name, const std::string& value);

// The certificate's last second as "2027-01-31".
[[nodiscard]] std::string date(std::int64_t seconds);

}  // namespace stackaudit::stack::tls

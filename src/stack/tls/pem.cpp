// OpenSSL's error queue is emptied behind each call: its words are part of the answer.
#include "stack/tls/pem.hpp"

#include "text/suggest.hpp"

#include <array>
#include <ctime>
#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace stackaudit::stack::tls {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* what) const { Free(what); }
};
using X509Pointer = std::unique_ptr<X509, Freed<X509, X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using BioPointer = std::unique_ptr<BIO, FreeBio>;

BioPointer open(std::string_view text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// "(SSL: error:0480006C:PEM routines::no start line:Expecting: CERTIFICATE)"; the queue is emptied.
std::string take_errors() {
  std::string words = "(SSL:";
  const char* data = nullptr;
  int flags = 0;
  while (const auto code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    words += ' ';
    words += text.data();
    if (data != nullptr && *data != '\0' && (flags & ERR_TXT_STRING) != 0)
      words += std::string(":") + data;
  }
  return words + ')';
}

int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

KeyPointer parse_key(std::string_view pem, bool& encrypted) {
  const auto bio = open(pem);
  return KeyPointer(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &encrypted));
}

std::int64_t seconds(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? timegm(&parts) : 0;
}

std::string name(const X509* certificate) {
  const BioPointer out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string{};
}

// subjectAltName alone counts where it is there, else the common name.
std::vector<std::string> hosts_of(X509* certificate) {
  std::vector<std::string> hosts;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES, GENERAL_NAMES_free>> list(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; list != nullptr && i < sk_GENERAL_NAME_num(list.get()); ++i) {
    const auto* one = sk_GENERAL_NAME_value(list.get(), i);
    if (one->type != GEN_DNS) continue;
    const auto* data = ASN1_STRING_get0_data(one->d.dNSName);
    hosts.emplace_back(data, data + ASN1_STRING_length(one->d.dNSName));
  }
  if (list == nullptr) {
    std::array<char, 256> common{};
    if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, common.data(),
                                  static_cast<int>(common.size())) > 0)
      hosts.emplace_back(common.data());
  }
  for (auto& host : hosts) host = text::lower(host);
  return hosts;
}

constexpr std::size_t kLongestChain = 32;

}  // namespace

Certificates read_certificates(std::string_view pem, std::string_view key) {
  Certificates read;
  std::vector<X509Pointer> chain;
  const auto bio = open(pem);
  ERR_clear_error();
  while (chain.size() < kLongestChain) {
    X509Pointer one(chain.empty() ? PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)
                                  : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (one == nullptr) break;
    chain.push_back(std::move(one));
  }
  if (chain.empty()) read.error = take_errors();
  ERR_clear_error();
  bool encrypted = false;
  const auto secret = key.empty() ? KeyPointer{} : parse_key(key, encrypted);
  ERR_clear_error();
  for (std::size_t i = 0; i < chain.size(); ++i) {
    Certificate certificate;
    certificate.subject = name(chain[i].get());
    certificate.names = hosts_of(chain[i].get());
    if (const auto* own = X509_get0_pubkey(chain[i].get()))
      certificate.strength = EVP_PKEY_get_security_bits(own);
    certificate.begins = seconds(X509_get0_notBefore(chain[i].get()));
    certificate.ends = seconds(X509_get0_notAfter(chain[i].get()));
    if (i + 1 < chain.size())
      certificate.issued_by_next =
          X509_check_issued(chain[i + 1].get(), chain[i].get()) == X509_V_OK;
    certificate.has_key =
        secret != nullptr && X509_check_private_key(chain[i].get(), secret.get()) == 1;
    read.chain.push_back(std::move(certificate));
  }
  ERR_clear_error();
  return read;
}

Key read_key(std::string_view pem) {
  Key key;
  ERR_clear_error();
  key.fine = parse_key(pem, key.encrypted) != nullptr;
  if (!key.fine) key.error = take_errors();
  ERR_clear_error();
  return key;
}

std::string refuses_parameters(std::string_view pem) {
  ERR_clear_error();
  const auto bio = open(pem);
  const KeyPointer parameters(PEM_read_bio_Parameters(bio.get(), nullptr));
  const auto words = parameters == nullptr ? take_errors() : std::string{};
  ERR_clear_error();
  return words;
}

std::optional<int> strength_of_parameters(std::string_view pem) {
  const auto bio = open(pem);
  const KeyPointer parameters(PEM_read_bio_Parameters(bio.get(), nullptr));
  ERR_clear_error();
  if (parameters == nullptr) return std::nullopt;
  return EVP_PKEY_get_security_bits(parameters.get());
}

std::string refuses_ciphers(const std::string& list) {
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>> context(SSL_CTX_new(TLS_method()));
  if (context == nullptr || SSL_CTX_set_cipher_list(context.get(), list.c_str()) == 1) return {};
  auto words = take_errors();
  ERR_clear_error();
  return words;
}

std::string refuses_curves(const std::string& list) {
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>> context(SSL_CTX_new(TLS_method()));
  if (context == nullptr || SSL_CTX_set1_curves_list(context.get(), list.c_str()) == 1) return {};
  auto words = take_errors();
  ERR_clear_error();
  return words.empty() ? "(SSL: error: passed invalid argument)" : words;
}

std::string refuses_command(const std::string& name, const std::string& value) {
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>> context(SSL_CTX_new(TLS_method()));
  struct FreeCommands {
    void operator()(SSL_CONF_CTX* what) const { SSL_CONF_CTX_free(what); }
  };
  const std::unique_ptr<SSL_CONF_CTX, FreeCommands> commands(SSL_CONF_CTX_new());
  if (context == nullptr || commands == nullptr) return {};
  SSL_CONF_CTX_set_flags(commands.get(), SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER |
                                             SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_CERTIFICATE |
                                             SSL_CONF_FLAG_SHOW_ERRORS);
  const int type = SSL_CONF_cmd_value_type(commands.get(), name.c_str());
  if (type == SSL_CONF_TYPE_FILE || type == SSL_CONF_TYPE_DIR || type == SSL_CONF_TYPE_STORE)
    return {};
  SSL_CONF_CTX_set_ssl_ctx(commands.get(), context.get());
  if (SSL_CONF_cmd(commands.get(), name.c_str(), value.c_str()) > 0) return {};
  auto words = take_errors();
  ERR_clear_error();
  return words;
}

std::string date(std::int64_t when) {
  const std::time_t time = when;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

}  // namespace stackaudit::stack::tls

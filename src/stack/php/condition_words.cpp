// The words by which code asks for the request, the environment, the host and the system.
#include "stack/php/conditions.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

// What tells one system from another.
constexpr std::array<std::string_view, 3> kSystems{"PHP_OS", "PHP_SAPI", "PHP_VERSION"};
constexpr std::array<std::string_view, 2> kSystemCalls{"php_uname", "php_sapi_name"};
// Likewise one host from another, in $_SERVER.
constexpr auto kHosts = std::to_array<std::string_view>(
    {"['HTTP_HOST']", "['SERVER_NAME']", "['SERVER_ADDR']", "['REMOTE_ADDR']",
     "['HTTP_X_FORWARDED_HOST']", "['SERVER_PORT']"});
// The words of a command line.
constexpr std::array<std::string_view, 4> kOfCommandLines{"$argv", "$argc", "['argv']", "['argc']"};
// What each request has, and no command; and the other way round.
constexpr auto kOfEachRequest = std::to_array<std::string_view>(
    {"['REQUEST_METHOD']", "['HTTP_USER_AGENT']", "['SERVER_SOFTWARE']", "['GATEWAY_INTERFACE']",
     "['SHELL']", "['TERM']"});
// What is asked for, and what paths are made of as well.
constexpr std::array<std::string_view, 2> kSeparators{"DIRECTORY_SEPARATOR", "PATH_SEPARATOR"};

// What the web server tells of the request, and PHP of itself: all else in $_SERVER is set for the
// server as a whole, as what $_ENV has.
constexpr auto kOfRequest = std::to_array<std::string_view>(
    {"HTTP", "REQUEST_", "QUERY_STRING", "REMOTE_", "SERVER_", "SCRIPT_", "DOCUMENT_", "CONTENT_",
     "PHP_", "PATH_", "CONTEXT_", "GATEWAY_", "AUTH_", "REDIRECT_", "argv", "argc", "ORIG_"});
// What php-fpm sets itself, and modules of the server.
constexpr std::array<std::string_view, 6> kOfServer{"HOME", "USER",      "FCGI_",
                                                    "SSL_", "UNIQUE_ID", "GEOIP_"};

template <std::size_t N>
bool begins(std::string_view name, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return name.starts_with(word); });
}

}  // namespace

bool names_request(std::string_view name) {
  return begins(name, kOfRequest) || begins(name, kOfServer);
}

bool names_environment(std::string_view text) {
  if (!text::contains(text, "$_")) return false;
  if (text::contains(text, "$_ENV[")) return true;
  constexpr std::string_view kServer = "$_SERVER[";
  if (!text::contains(text, kServer)) return false;
  const auto at = text.find(kServer);
  const auto name = text.substr(std::min(text.size(), at + kServer.size() + 1));
  return !begins(name, kOfRequest);
}

namespace {

bool is_compared(std::string_view text, std::size_t at, std::size_t length) {
  auto before = text.substr(0, at), behind = text.substr(at + length);
  before = before.substr(0, before.find_last_not_of(" \t\r\n(\\") + 1);
  behind.remove_prefix(std::min(behind.find_first_not_of(" \t\r\n"), behind.size()));
  return before.ends_with("==") || before.ends_with("!=") || behind.starts_with("==") ||
         behind.starts_with("!=");
}

// Whether the system is named; most texts have not even the beginnings of those words.
bool has_system(std::string_view text) {
  return (text::contains(text, "PHP_") && text::contains_any(text, kSystems)) ||
         (text::contains(text, "php_") && text::contains_any(text, kSystemCalls));
}

bool names_command_line(std::string_view text) {
  return text::contains(text, "arg") && text::contains_any(text, kOfCommandLines);
}

}  // namespace

bool asks_system(std::string_view text) {
  if (has_system(text)) return true;
  return std::ranges::any_of(kSeparators, [&](std::string_view name) {
    if (!text::contains(text, name)) return false;
    for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
      if (is_compared(text, at, name.size())) return true;
    return false;
  });
}

bool asks_for_requests(std::string_view text) {
  return (text::contains(text, "$_SERVER[") &&
          (text::contains_any(text, kOfEachRequest) || text::contains_any(text, kHosts))) ||
         names_command_line(text);
}

bool names_visitor(std::string_view text) {
  constexpr auto kFilled = std::to_array<std::string_view>({"$_GET[", "$_POST[", "$_REQUEST["});
  return text::contains(text, "$_") && text::contains_any(text, kFilled);
}

bool names_host_variable(std::string_view text) {
  constexpr std::size_t kShortest = 20;
  return text.size() >= kShortest && text::contains(text, "$_SERVER[") &&
         text::contains_any(text, kHosts);
}

bool names_host(std::string_view text) {
  return names_host_variable(text) || names_command_line(text);
}

bool names_system(std::string_view text) {
  return has_system(text) || text::contains_any(text, kSeparators);
}

}  // namespace stackaudit::stack::php

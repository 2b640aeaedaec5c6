// "return 301 https://$host:8443$request_uri": the port was moved, or never opened; the visitor is
// sent where nobody answers. A port that a firewall or a container maps looks the same, so that
// this is a doubt and no certainty. "https://$host$request_uri" names no port, and counts where
// port 80 is all that visitors find here: a front end that speaks TLS and asks that port would be
// sent in circles.
#include "stack/dials/redirects.hpp"

#include "stack/net.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 4> kRedirects{"return", "rewrite", "redirect",
                                                     "redirectpermanent"};
constexpr std::array<std::string_view, 5> kOwnNames{"$host", "$http_host", "$server_name",
                                                    "$server_addr", "%{HTTP_HOST}"};

struct Destination {
  std::string_view host;
  std::int64_t port = 0;
};

// Of the first word that is a URL with a port.
std::optional<Destination> destination(std::string_view args) {
  for (auto word : text::words(args)) {
    const auto slashes = word.find("://");
    if (!word.starts_with("http") || slashes == std::string_view::npos) continue;
    word.remove_prefix(slashes + 3);
    const auto colon = word.find(':');
    if (colon == std::string_view::npos || word.find('/') < colon || word[0] == '[') return {};
    Destination found{word.substr(0, colon)};
    const auto* begin = word.data() + colon + 1;
    const auto [end, error] = std::from_chars(begin, word.data() + word.size(), found.port);
    if (error != std::errc{} || end == begin || found.port <= 0) return {};
    return found;
  }
  return {};
}

constexpr std::int64_t kHttp = 80, kHttps = 443;

// Of whoever comes, to the same address over TLS.
bool is_same_over_tls(const facts::Directive& row) {
  static constexpr std::array<std::string_view, 2> kSame{"https://$host$request_uri",
                                                         "https://$http_host$request_uri"};
  if (row.context != "http/server" && row.context != "http/server/location") return false;
  return row.name == "return" && std::ranges::any_of(text::words(row.args), [](auto word) {
           return std::ranges::find(kSame, word) != kSame.end();
         });
}

// Whether nginx is what visitors find, on port 80 and on no other.
bool only_http(const Survey& survey) {
  bool http = false;
  for (const auto& row : survey.facts.rows<facts::Listener>()) {
    const auto address = numeric_address(row.address);
    if (!row.port || (address && is_loopback(*address))) continue;
    if (row.service == "php-fpm" || row.service == "mariadb") continue;
    if (row.port != kHttp) return false;
    http = http || row.service == "nginx";
  }
  return http;
}

}  // namespace

void check_redirects(Survey& survey) {
  std::set<std::int64_t> ports;
  for (const auto& row : survey.facts.rows<facts::Listener>())
    if (row.port) ports.insert(*row.port);
  std::set<std::string, std::less<>> names;
  for (const auto& site : survey.facts.rows<facts::Site>())
    for (const auto name : text::words(site.names)) names.emplace(name);
  const bool no_tls = !ports.contains(kHttps) && only_http(survey);
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (no_tls && row.service == "nginx" && is_same_over_tls(row)) {
      survey.add_problem(row, {.service = row.service,
                               .language = "url",
                               .code = "redirect-port",
                               .severity = "warning",
                               .message = "visitors are sent to https, port 443 of this server, "
                                          "and nobody listens there",
                               .help = "listen 443 ssl with a certificate, or take the redirect "
                                       "out"});
      continue;
    }
    if (std::ranges::find(kRedirects, row.name) == kRedirects.end()) continue;
    const auto to = destination(row.args);
    if (!to || ports.contains(to->port)) continue;
    const bool own =
        std::ranges::find(kOwnNames, to->host) != kOwnNames.end() || names.contains(to->host);
    if (!own) continue;
    survey.add_problem(row, {.service = row.service,
                             .language = "url",
                             .code = "redirect-port",
                             .severity = "warning",
                             .message = "visitors are sent to port " + std::to_string(to->port) +
                                        " of this server, and nobody listens there",
                             .help = "name a port that a server listens on"});
  }
}

}  // namespace stackaudit::stack

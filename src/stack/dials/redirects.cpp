// "return 301 https://$host:8443$request_uri": the port was moved, or never opened; the visitor is
// sent where nobody answers. A port that a firewall or a container maps looks the same, so that
// this is a doubt and no certainty.
#include "stack/dials/redirects.hpp"

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

}  // namespace

void check_redirects(Survey& survey) {
  std::set<std::int64_t> ports;
  for (const auto& row : survey.facts.rows<facts::Listener>())
    if (row.port) ports.insert(*row.port);
  std::set<std::string, std::less<>> names;
  for (const auto& site : survey.facts.rows<facts::Site>())
    for (const auto name : text::words(site.names)) names.emplace(name);
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
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

// ngx_http_proxy_module: the path goes on as it came where proxy_pass names none; without
// proxy_set_header the Host is what proxy_pass names. A block that sets one header inherits none.
#include "stack/dials/handed_on.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 2> kSameHost{"$host", "$http_host"};

// Of http://GROUP or http://HOST:PORT; empty: with a path, a variable or TLS.
std::string_view target_of(std::string_view written) {
  constexpr std::string_view kScheme = "http://";
  if (!written.starts_with(kScheme) || written.find('$') != written.npos) return {};
  written.remove_prefix(kScheme.size());
  return written.find('/') == written.npos ? written : std::string_view{};
}

// The only server of Apache's that the pass leads to.
const facts::Dial* behind(const facts::Store& facts, const facts::Directive& pass,
                          std::string_view target) {
  const facts::Dial* found = nullptr;
  for (const auto& dial : facts.rows<facts::Dial>()) {
    if (dial.service != "nginx") continue;
    const bool of_line = dial.path == pass.path && dial.line == pass.line;
    if (!of_line && (dial.upstream.empty() || dial.upstream != target)) continue;
    if (dial.answered_by != "apache" || found != nullptr) return nullptr;
    found = &dial;
  }
  return found;
}

// The Host header; empty: not known.
std::string sent_host(const Blocks& nginx, const facts::Directive& pass, std::string_view target,
                      const std::string& asked) {
  const auto* nearest = nginx.inherited(pass, "proxy_set_header");
  if (nearest == nullptr || !nearest->parent) return std::string(target);
  for (const auto* row : nginx.children(*nearest->parent)) {
    const auto words = text::words(row->args);
    if (row->name != "proxy_set_header" || words.size() != 2 ||
        !text::equal_ignoring_case(words[0], "host"))
      continue;
    if (text::is_one_of(words[1], kSameHost)) return asked;
    return words[1].find('$') == words[1].npos ? std::string(words[1]) : std::string{};
  }
  return std::string(target);
}

}  // namespace

std::optional<facts::Dial> handed_to_apache(const facts::Store& facts, const Blocks& nginx,
                                            const facts::Directive& pass,
                                            const facts::Dial& asked) {
  const auto target = pass.name == "proxy_pass" ? target_of(pass.args) : std::string_view{};
  const auto* location = nginx.parent(pass);
  const bool changes =
      location == nullptr || std::ranges::any_of(nginx.children(location->id), [](const auto* row) {
        return row->name == "rewrite" || row->name == "if" || row->name == "error_page" ||
               row->name.find("_by_lua") != row->name.npos;
      });
  if (target.empty() || changes || asked.url_path.find('%') != std::string::npos) return {};
  const auto* back = behind(facts, pass, target);
  if (back == nullptr || back->scheme == "https") return {};
  const auto host = sent_host(nginx, pass, target, asked.host);
  if (host.empty()) return {};
  auto request = asked;
  request.host = host.substr(0, host.find(':'));
  request.as_written.clear();  // the header has no port but the one that it was given
  request.scheme = "http";
  request.family = back->family;
  request.address = back->address;
  request.port = back->port;
  return request;
}

}  // namespace stackaudit::stack

// Requests that nobody gets an answer to: what a regular expression takes from the location that is
// there for it and refuses, and "deny all" for whole servers. Certificates with a variable in their
// name are here, too: a worker opens them at every handshake.
#include "stack/nginx/closed.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/refusal.hpp"
#include "text/regex.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

class Closed {
 public:
  explicit Closed(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (!node.block) continue;
      const bool server = node.is("server") && node.context == Context::http;
      if (server || node.is("location")) shadowed(i);
      if (server) closed_server(i);
      if (server) handshake(i);
      if (node.is("http")) closed_http(i);
    }
  }

 private:
  [[nodiscard]] bool denies_all(std::size_t block) const {
    const auto* deny = config_.own(block, "deny");
    return deny != nullptr && deny->arg(0) == "all" && config_.own(block, "allow") == nullptr;
  }

  [[nodiscard]] bool refuses(std::size_t block) const {
    if (denies_all(block)) return true;
    const auto* answer = config_.own(block, "return");
    return answer != nullptr && answer->arg(0).starts_with('4');
  }

  [[nodiscard]] static LocationName name_of(const Node& node) {
    return location_name(node.arg(0), node.arg(1));
  }

  // Whether the expression fits whatever stands below the prefix, as far as samples tell.
  [[nodiscard]] static bool takes_all(const LocationName& expression, std::string_view prefix) {
    const text::Regex regex(expression.pattern, expression.modifier == "~*" ? text::Regex::kCaseless
                                                                            : text::Regex::kPlain);
    static constexpr std::array<std::string_view, 4> kBelow{"", "x", "a/b.css", "Zz0-_/"};
    return std::ranges::all_of(kBelow, [&](std::string_view below) {
      return regex.matches(std::string(prefix) + std::string(below)).value_or(false);
    });
  }

  // Prefixes without "^~" are chosen only where no expression fits.
  void shadowed(std::size_t block) {
    const auto locations = config_.named(block, "location");
    for (const auto i : locations) {
      const auto& prefix = config_.nodes[i];
      const auto name = name_of(prefix);
      if (!name.modifier.empty() || name.pattern.size() < 2 || refuses(i)) continue;
      if (!config_.named(i, "location").empty() || config_.own(i, "internal") != nullptr) continue;
      for (const auto j : locations) {
        const auto& other = config_.nodes[j];
        const auto expression = name_of(other);
        if (!expression.modifier.starts_with('~')) continue;
        if (!takes_all(expression, name.pattern)) continue;
        if (refuses(j)) tell_shadowed(prefix, name, other);
        break;
      }
    }
  }

  void tell_shadowed(const Node& prefix, const LocationName& name, const Node& other) {
    const auto place = reader_.survey.place(other.span);
    reader_.problem(
        prefix.span, "location-shadowed", Severity::warning,
        "location " + quoted(name.pattern) +
            " is never used: every request for it goes to location " + other.joined() + " (" +
            place.path + ":" + std::to_string(place.line.value_or(0)) + "), which refuses it",
        "write location ^~ " + std::string(name.pattern) + ": then no expression is tried");
  }

  [[nodiscard]] bool says_access(std::size_t block) const {
    return config_.own(block, "allow") != nullptr || config_.own(block, "deny") != nullptr ||
           config_.own(block, "satisfy") != nullptr;
  }

  // A server that turns everything away on purpose has nothing to serve.
  [[nodiscard]] bool has_content(std::size_t server) const {
    if (config_.own(server, "return") != nullptr) return false;
    const auto* name = config_.own(server, "server_name");
    const bool named = name != nullptr && name->arg(0) != "_" && !name->arg(0).empty();
    return named &&
           (config_.own(server, "root") != nullptr || !config_.named(server, "location").empty());
  }

  void tell(std::size_t block, const std::string& whom) {
    reader_.problem(
        config_.own(block, "deny")->span, "refuses-everybody", Severity::warning,
        "\"deny all\" and no \"allow\" beside it: " + whom + " answers 403 to everybody",
        "let somebody in before it, or put it into the location that it is for");
  }

  void closed_server(std::size_t server) {
    if (!denies_all(server) || !has_content(server) || config_.own(server, "satisfy") != nullptr)
      return;
    const auto locations = config_.named(server, "location");
    const bool opened =
        std::ranges::any_of(locations, [&](std::uint32_t i) { return says_access(i); });
    if (!opened) tell(server, config_.own(server, "server_name")->joined());
  }

  void closed_http(std::size_t http) {
    if (!denies_all(http) || config_.own(http, "satisfy") != nullptr) return;
    std::size_t closed = 0;
    for (const auto server : config_.named(http, "server"))
      if (has_content(server) && !says_access(server)) ++closed;
    if (closed > 0)
      tell(http, closed == 1 ? std::string("a server")
                             : "each of " + std::to_string(closed) + " servers");
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
    std::string path(node.arg(0));
    for (const std::string_view variable : {"$ssl_server_name", "${ssl_server_name}"})
      if (const auto at = path.find(variable); at != std::string::npos)
        path.replace(at, variable.size(), name);
    if (has_variable(path) || path.starts_with("data:")) return;
    path = reader_.conf_relative(path);
    if (reader_.survey.state_of(path, "file") != "found") return;
    reader_.survey.open(*reader_.worker,
                        {tree::Operation::read, path, reader_.survey.place(node.args[0].span),
                         "certificate", "request", "the TLS handshake fails", true});
  }

  Reader& reader_;
  const Config& config_;
};

}  // namespace

void check_closed(Reader& reader) {
  Closed(reader).run();
}

}  // namespace stackaudit::stack::nginx

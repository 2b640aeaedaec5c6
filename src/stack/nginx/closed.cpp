// Requests that nobody gets an answer to: what a regular expression takes from the location that is
// there for it and refuses, and "deny all" for whole servers.
#include "stack/nginx/closed.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/refusal.hpp"
#include "text/regex.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

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
  [[nodiscard]] static bool takes_all(const text::Regex& expression, std::string_view prefix) {
    static constexpr std::array<std::string_view, 4> kBelow{"", "x", "a/b.css", "Zz0-_/"};
    return std::ranges::all_of(kBelow, [&](std::string_view below) {
      return expression.matches(std::string(prefix) + std::string(below)).value_or(false);
    });
  }

  struct Expression {
    const Node* node = nullptr;
    text::Regex regex;
    bool refuses = false;
  };

  // Those of a block in their order, up to the last that refuses.
  [[nodiscard]] std::vector<Expression> refusing(std::span<const std::uint32_t> locations) const {
    std::vector<Expression> found;
    std::size_t last = 0;
    for (const auto i : locations) {
      const auto name = name_of(config_.nodes[i]);
      if (!name.modifier.starts_with('~')) continue;
      found.push_back({&config_.nodes[i], expression_of(name), refuses(i)});
      if (found.back().refuses) last = found.size();
    }
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(last), found.end());
    return found;
  }

  // Prefixes without "^~" are chosen only where no expression fits.
  void shadowed(std::size_t block) {
    const auto locations = config_.named(block, "location");
    std::optional<std::vector<Expression>> expressions;
    for (const auto i : locations) {
      const auto& prefix = config_.nodes[i];
      const auto name = name_of(prefix);
      if (!name.modifier.empty() || name.pattern.size() < 2 || refuses(i)) continue;
      if (!config_.named(i, "location").empty() || config_.own(i, "internal") != nullptr) continue;
      if (!expressions) expressions = refusing(locations);
      const auto taking = std::ranges::find_if(*expressions, [&](const Expression& each) {
        return takes_all(each.regex, name.pattern);
      });
      if (taking != expressions->end() && taking->refuses)
        tell_shadowed(prefix, name, *taking->node);
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

  Reader& reader_;
  const Config& config_;
};

}  // namespace

void check_closed(Reader& reader) {
  Closed(reader).run();
}

}  // namespace stackaudit::stack::nginx

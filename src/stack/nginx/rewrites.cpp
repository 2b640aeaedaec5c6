// A request is made up that the location takes, and led through the rewrites as
// ngx_http_rewrite_module does it.
#include "stack/nginx/rewrites.hpp"

#include "stack/nginx/locations.hpp"
#include "text/regex.hpp"

#include <vector>

namespace stackaudit::stack::nginx {
namespace {

constexpr int kMostChanges = 10;            // NGX_HTTP_MAX_URI_CHANGES
constexpr std::size_t kLongest = 4096;      // of a path that grows
constexpr std::size_t kMostLocations = 64;  // of a server that is looked at

struct Rewrite {
  const Node* node;
  text::Regex expression;
  std::string_view replacement;
  bool last, goes_on;  // by `last` to another location; to the next rewrite
};

// Those of the location, in their order; none where conditions, other locations or variables may
// decide.
std::vector<Rewrite> rewrites_of(const Config& config, std::size_t location) {
  std::vector<Rewrite> all;
  for (const auto child : config.children(location)) {
    const auto& node = config.nodes[child];
    if (node.is("if") || node.is("location") || node.is("return") || node.is("break")) {
      if (node.is("location")) return {};
      break;  // what follows may not be reached
    }
    if (!node.is("rewrite") || node.args.size() < 2) continue;
    const auto flag = node.arg(2);
    all.push_back({&node, text::Regex(node.arg(0)), node.arg(1), flag == "last", flag.empty()});
  }
  return all;
}

// With $1 to $9 in their places, without the query; nullopt: another variable, or an address.
std::optional<std::string> replaced(std::string_view replacement,
                                    const std::vector<std::string_view>& groups) {
  if (replacement.starts_with("http://") || replacement.starts_with("https://") ||
      replacement.starts_with("$"))
    return std::nullopt;
  std::string url;
  replacement = replacement.substr(0, replacement.find('?'));
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      url += replacement[i];
      continue;
    }
    const auto digit = i + 1 < replacement.size() ? replacement[++i] : '0';
    if (digit < '1' || digit > '9') return std::nullopt;
    const auto group = static_cast<std::size_t>(digit - '0');
    if (group < groups.size()) url += groups[group];
  }
  return url;
}

// What becomes of the URL in one pass through the location, and by which rewrite; nullptr: none
// sends it on to look for a location anew.
const Node* pass(const std::vector<Rewrite>& rewrites, std::string& url) {
  const Node* by = nullptr;
  for (const auto& rewrite : rewrites) {
    const auto groups = rewrite.expression.capture(url);
    if (!groups) return nullptr;
    if (groups->empty()) continue;
    auto next = replaced(rewrite.replacement, *groups);
    if (!next || next->size() > kLongest || (!rewrite.last && !rewrite.goes_on)) return nullptr;
    url = std::move(*next);
    by = rewrite.node;
    if (rewrite.last) break;
  }
  return by;
}

class Server {
 public:
  Server(Reader& reader, std::size_t server) : reader_(reader) {
    for (const auto child : reader.config.named(server, "location")) {
      const auto& node = reader.config.nodes[child];
      locations_.push_back(child);
      names_.push_back(location_name(node.arg(0), node.arg(1)));
    }
  }

  void run() {
    if (locations_.size() > kMostLocations) return;
    for (std::size_t i = 0; i < locations_.size(); ++i)
      if (names_[i].modifier.empty() || names_[i].modifier == "^~") follow(i);
  }

 private:
  void follow(std::size_t location) {
    const auto rewrites = rewrites_of(reader_.config, locations_[location]);
    if (rewrites.empty()) return;
    const auto first = std::string(names_[location].pattern) + "a";
    const Node* by = nullptr;
    std::vector<std::string> urls{first};  // as the rewrites alone make them
    while (urls.size() <= kMostChanges) {
      auto url = urls.back();
      const auto* told = pass(rewrites, url);
      if (told == nullptr || !url.starts_with(names_[location].pattern)) return;
      if (by == nullptr) by = told;
      urls.push_back(std::move(url));
    }
    for (const auto& url : urls) {
      const auto choice = choose_location(names_, url);
      if (!choice.known || choice.at != location) return;
    }
    reader_.problem(by->span, "rewrite-loop", text::Severity::warning,
                    first +
                        " is rewritten into this location again, and from there once more: "
                        "HTTP 500, \"rewrite or internal redirection cycle\"",
                    "end the rewrite with break, or let its expression leave out what it makes");
  }

  Reader& reader_;
  std::vector<std::size_t> locations_;
  std::vector<LocationName> names_;
};

}  // namespace

void check_rewrites(Reader& reader) {
  if (!reader.config.has("rewrite")) return;
  for (std::size_t i = 0; i < reader.config.nodes.size(); ++i) {
    const auto& node = reader.config.nodes[i];
    if (!node.block || !node.is("server") || node.context != Context::http) continue;
    // What the server itself answers or rewrites may not come to a location.
    if (reader.config.own(i, "return") != nullptr || reader.config.own(i, "rewrite") != nullptr)
      continue;
    Server(reader, i).run();
  }
}

}  // namespace stackaudit::stack::nginx

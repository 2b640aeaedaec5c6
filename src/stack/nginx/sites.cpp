// A row for each server block, with what its locations add to it.
#include "stack/nginx/sites.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/routes.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

// With one of these in a block, nginx serves no file of its root there.
constexpr std::array<std::string_view, 14> kOtherHandlers{
    "proxy_pass",          "uwsgi_pass",       "scgi_pass",
    "grpc_pass",           "memcached_pass",   "return",
    "stub_status",         "empty_gif",        "api",
    "tunnel_pass",         "js_content",       "content_by_lua_block",
    "content_by_lua_file", "internal_redirect"};

struct Use {
  bool serves_files = false;  // some location serves from it
  bool runs_php = false;      // a fastcgi location uses it
  bool main = false;          // the server itself, or its "/", does
};

// A directory below a root, and the URL that leads to it, without its last slash.
struct Reached {
  std::string path, url;
};

struct Handled {
  std::string handler, url;
};
using Handlers = std::map<std::string, Handled>;  // by canonical directory

// The directory that all URLs of a location begin with: of "^/tool/(.+\.php)$" it is "/tool/".
std::string literal_prefix(const LocationName& name) {
  if (!name.modifier.starts_with('~'))
    return name.pattern.starts_with('/') ? std::string(name.pattern) : std::string{};
  if (name.modifier != "~" || !name.pattern.starts_with("^/") ||
      name.pattern.find('|') != name.pattern.npos)
    return {};
  const auto literal = name.pattern.substr(1, name.pattern.find_first_of("\\.[](){}*+?$", 1) - 1);
  return std::string(literal.substr(0, literal.rfind('/') + 1));
}

class Sites {
 public:
  Sites(Reader& reader, const Upstreams& upstreams,
        const std::map<std::size_t, std::int64_t>& sites)
      : reader_(reader), config_(reader.config), upstreams_(upstreams), sites_(sites) {}

  std::vector<ServedRoot> run() {
    for (const auto& [server, site] : sites_) this->server(server, site);
    for (const auto& node : config_.nodes)
      if ((node.is("root") || node.is("alias")) && node.args.size() == 1 && in_http(node))
        reference(node);
    return std::move(served_);
  }

 private:
  static bool in_http(const Node& node) {
    return node.context == Context::http || node.context == Context::server ||
           node.context == Context::location || node.context == Context::if_in_location;
  }

  [[nodiscard]] bool has_other_handler(std::size_t block) const {
    for (const auto child : config_.nodes[block].children) {
      const auto& node = config_.nodes[child];
      if (std::ranges::find(kOtherHandlers, node.name.value) != kOtherHandlers.end()) return true;
      if (node.is("deny") && node.arg(0) == "all" && config_.own(block, "allow") == nullptr)
        return true;
    }
    return false;
  }

  static bool is_slash(const Node& node) {
    return node.is("location") && node.args.size() <= 2 && node.arg(node.args.size() - 1) == "/" &&
           (node.args.size() == 1 || node.arg(0) == "^~");
  }

  void server(std::size_t index, std::int64_t site) {
    facts::Site row;
    row.id = site;
    row.service = "nginx";
    const auto& node = config_.nodes[index];
    static_cast<facts::Place&>(row) = reader_.survey.place(node.span);
    for (const auto child : node.children)
      if (config_.nodes[child].is("server_name"))
        row.names += (row.names.empty() ? "" : " ") + config_.nodes[child].joined();
    std::set<std::string> named;
    collect_named(index, named);
    Handlers php;
    const bool answers_all = config_.own(index, "return") != nullptr;
    walk(index, index, answers_all, named, php, row.php);
    if (const auto* root = root_of(config_, index)) row.document_root = existing(*root);
    hand_over(site, row, php);
    reader_.survey.facts.add(std::move(row));
  }

  void collect_named(std::size_t block, std::set<std::string>& named) const {
    for (const auto child : config_.nodes[block].children)
      if (config_.nodes[child].is("location") && config_.nodes[child].arg(0).starts_with('@'))
        named.emplace(config_.nodes[child].arg(0));
  }

  // Depth is that of the parser.
  void walk(std::size_t block, std::size_t server, bool answered,
            const std::set<std::string>& named, Handlers& php, std::string& first_php) {
    bool slash = false;
    for (const auto child : config_.nodes[block].children) {
      const auto& node = config_.nodes[child];
      if (node.is("location") && node.block) {
        slash = slash || is_slash(node);
        walk(child, server, answered, named, php, first_php);
      }
      fallback(node, named);
    }
    const auto* root = root_of(config_, block);
    const auto* fastcgi = config_.own(block, "fastcgi_pass");
    if (fastcgi != nullptr) {
      const auto handler = upstreams_.handler(*fastcgi);
      if (first_php.empty()) first_php = handler;
      if (root != nullptr) uses_[root].runs_php = true;
      if (root == nullptr) return;
      const auto part = handed_over(*root, block);
      if (!part.path.empty()) php.try_emplace(part.path, Handled{handler, part.url});
      return;
    }
    if (root == nullptr || answered || has_other_handler(block)) return;
    const bool is_server = block == server;
    if (is_server && slash) return;
    auto& use = uses_[root];
    use.serves_files = true;
    use.main = use.main || is_server || is_slash(config_.nodes[block]);
    add_served(*root, block);
  }

  // Whether the block's URLs alone lead to the root, as it is one of a location.
  [[nodiscard]] bool is_of_location(const Node& root) const {
    return root.parent && config_.nodes[*root.parent].is("location");
  }

  // What all URLs of the block begin with, by its own name and those of the locations around it.
  [[nodiscard]] std::string common_prefix(std::size_t block) const {
    std::string longest;
    for (std::optional<std::size_t> at = block; at; at = config_.nodes[*at].parent) {
      const auto& node = config_.nodes[*at];
      if (!node.is("location") || node.args.empty()) continue;
      const auto name = location_name(node.arg(0), node.arg(1));
      auto prefix = literal_prefix(name);
      if (prefix.size() > longest.size()) longest = std::move(prefix);
    }
    return longest;
  }

  // The part of the root that URLs of the block lead to; no path where it is no directory.
  [[nodiscard]] Reached reached(const Node& root, std::size_t block) const {
    auto path = existing(root);
    const auto& node = config_.nodes[block];
    if (path.empty() || root.is("alias") || !node.is("location") || node.args.empty())
      return {std::move(path), {}};
    const auto [modifier, prefix] = location_name(node.arg(0), node.arg(1));
    const bool plain = !modifier.starts_with('~') && prefix.starts_with('/');
    auto url = plain ? std::string(prefix) : common_prefix(block);
    if (!plain && (url.empty() || !is_of_location(root))) return {std::move(path), {}};
    const auto end = tree::resolve(reader_.survey.tree, path + url);
    while (url.ends_with('/')) url.pop_back();
    return end && end.stat.type == tree::FileType::directory ? Reached{end.path, url} : Reached{};
  }

  // The directory whose scripts the block hands over; an expression that leads nowhere has none.
  [[nodiscard]] Reached handed_over(const Node& root, std::size_t block) const {
    auto part = is_of_location(root) ? reached(root, block) : Reached{existing(root), {}};
    const auto& node = config_.nodes[block];
    if (part.path.empty() && !location_name(node.arg(0), node.arg(1)).modifier.starts_with('~'))
      part.path = existing(root);
    return part;
  }

  // An alias, or the root of an exact location, may lead to one file.
  void open_single_file(const Node& root, std::size_t block) {
    const auto& node = config_.nodes[block];
    const auto [modifier, url] = location_name(node.arg(0), node.arg(1));
    const bool single = root.is("alias") ? !root.arg(0).ends_with('/') : modifier == "=";
    if (!reader_.worker || modifier.starts_with('~') || !url.starts_with('/') || !single) return;
    const auto file = file_for(reader_, block, std::string(url));
    if (file && reader_.survey.state_of(*file, "file") == "found")
      reader_.survey.open(*reader_.worker,
                          {tree::Operation::read, *file, reader_.survey.place(root.args[0].span),
                           "content", "request", "HTTP 403", true});
  }

  void add_served(const Node& root, std::size_t block) {
    if (is_of_location(root)) open_single_file(root, block);
    const auto path = reached(root, block).path;
    if (path.empty()) return;
    if (served_at_.try_emplace(path, served_.size()).second)
      served_.push_back({path, root.args[0].span});
  }

  // try_files ... @name and error_page ... @name need a location of that name in the server.
  void fallback(const Node& node, const std::set<std::string>& named) {
    if ((!node.is("try_files") && !node.is("error_page")) || node.args.size() < 2) return;
    const auto& last = node.args.back();
    if (!last.value.starts_with('@') || has_variable(last.value)) return;
    auto row = reader_.reference(last.span, "named-location", last.value, "location");
    row.state = named.contains(last.value) ? "found" : "missing";
    row.process = "nginx worker";
    row.user = reader_.worker ? reader_.worker->who.name : "";
    row.call.clear();
    row.effect = "HTTP 500: could not find named location \"" + last.value + '"';
    if (row.state == "missing") {
      row.nearest = text::nearest(last.value, named).value_or("");
      row.replacement = row.nearest;
    }
    reader_.survey.facts.add(std::move(row));
  }

  [[nodiscard]] std::string path_of(const Node& root) const {
    return has_variable(root.arg(0)) ? std::string{} : reader_.prefix_relative(root.arg(0));
  }

  // Canonical; empty where it is no directory that exists.
  [[nodiscard]] std::string existing(const Node& root) const {
    if (root.args.size() != 1 || has_variable(root.arg(0))) return {};
    const auto end = tree::resolve(reader_.survey.tree, path_of(root));
    return end && end.stat.type == tree::FileType::directory ? end.path : std::string{};
  }

  void hand_over(std::int64_t site, const facts::Site& row, const Handlers& php) {
    for (const auto& [path, handled] : php)
      reader_.survey.document_roots.push_back(
          {path, "nginx", row, handled.handler, site, handled.url});
    if (!row.document_root.empty() && !php.contains(row.document_root))
      reader_.survey.document_roots.push_back({row.document_root, "nginx", row, "", site});
    for (const auto& [path, handled] : php)
      reader_.survey.note_file(path, "nginx", "document-root");
    if (!row.document_root.empty())
      reader_.survey.note_file(row.document_root, "nginx", "document-root");
  }

  void reference(const Node& node) {
    auto row = reader_.reference(node.args[0].span, "document-root", node.arg(0), "directory");
    row.process = "nginx worker";
    row.user = reader_.worker ? reader_.worker->who.name : "";
    const auto use = uses_.find(&node);
    row.required = use != uses_.end() && (use->second.main || use->second.runs_php);
    row.effect = use != uses_.end() && use->second.runs_php && !use->second.main
                     ? "HTTP 404: Primary script unknown"
                     : "HTTP 404";
    if (has_variable(node.arg(0))) {
      row.state = "dynamic";
      reader_.survey.facts.add(std::move(row));
      return;
    }
    row.resolved = path_of(node);
    row.state = reader_.survey.state_of(row.resolved, "directory");
    // An alias may name a single file.
    if (node.is("alias") && row.state == "wrong-type" && !node.arg(0).ends_with('/'))
      row.state = "found";
    if (row.state == "missing" || row.state == "dangling") suggest(row, node);
    reader_.survey.facts.add(std::move(row));
  }

  void suggest(facts::Reference& row, const Node& node) const {
    row.nearest = reader_.survey.nearest_path(row.resolved);
    // A name that was meant from the root of the file system, or pasted with its quotes.
    if (row.nearest.empty() && !node.arg(0).starts_with('/') &&
        reader_.survey.state_of('/' + std::string(node.arg(0)), "directory") == "found")
      row.nearest = '/' + std::string(node.arg(0));
    row.replacement = row.nearest;
    if (!row.nearest.empty() && node.arg(0).ends_with('/') && !row.nearest.ends_with('/'))
      row.replacement += '/';
  }

  Reader& reader_;
  const Config& config_;
  const Upstreams& upstreams_;
  const std::map<std::size_t, std::int64_t>& sites_;
  std::map<const Node*, Use> uses_;
  std::vector<ServedRoot> served_;
  std::map<std::string, std::size_t> served_at_;  // where each path stands in it
};

}  // namespace

std::map<std::size_t, std::int64_t> number_sites(Reader& reader) {
  std::map<std::size_t, std::int64_t> sites;
  for (std::size_t i = 0; i < reader.config.nodes.size(); ++i) {
    const auto& node = reader.config.nodes[i];
    if (node.is("server") && node.block && node.context == Context::http)
      sites[i] = reader.survey.next_site++;
  }
  return sites;
}

std::vector<ServedRoot> read_sites(Reader& reader, const Upstreams& upstreams,
                                   const std::map<std::size_t, std::int64_t>& sites) {
  return Sites(reader, upstreams, sites).run();
}

}  // namespace stackaudit::stack::nginx

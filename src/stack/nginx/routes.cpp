// What nginx inherits decides: the nearest root or alias, lists as a whole.
#include "stack/nginx/routes.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/refusal.hpp"
#include "tree/resolve.hpp"

#include <array>

namespace stackaudit::stack::nginx {
namespace {

// With one of these in a block, what nginx answers there is no file that its URL names.
constexpr auto kAnswers = std::to_array<std::string_view>(
    {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass",
     "return", "rewrite", "if", "stub_status", "empty_gif", "internal", "random_index", "perl",
     "auth_request", "flv", "mp4", "dav_methods"});

}  // namespace

std::optional<std::size_t> block_for(const Config& config, std::size_t server,
                                     const std::string& url) {
  auto block = server;
  while (true) {
    std::vector<std::size_t> locations;
    std::vector<LocationName> names;
    for (const auto child : config.named(block, "location")) {
      const auto& node = config.nodes[child];
      if (!node.block || node.args.empty()) continue;
      locations.push_back(child);
      names.push_back(location_name(node.arg(0), node.arg(1)));
    }
    const auto choice = choose_location(names, url);
    if (!choice.known) return std::nullopt;
    if (!choice.at) return block;
    block = locations[*choice.at];
  }
}

const Node* root_of(const Config& config, std::size_t block) {
  for (std::optional<std::size_t> i = block; i; i = config.nodes[*i].parent) {
    if (const auto* alias = config.own(i, "alias")) return alias;
    if (const auto* root = config.own(i, "root")) return root;
  }
  return nullptr;
}

std::optional<std::string> file_for(const Reader& reader, std::size_t block,
                                    const std::string& url) {
  const auto* root = root_of(reader.config, block);
  if (root == nullptr) return reader.prefix_relative("html") + url;
  if (root->args.size() != 1 || has_variable(root->arg(0))) return std::nullopt;
  if (root->is("root")) return reader.prefix_relative(root->arg(0)) + url;
  const auto& location = reader.config.nodes[*root->parent];
  if (!location.is("location") || location.args.empty()) return std::nullopt;
  const auto [modifier, prefix] = location_name(location.arg(0), location.arg(1));
  if (modifier.starts_with('~') || !url.starts_with(prefix)) return std::nullopt;
  return reader.prefix_relative(root->arg(0)) + url.substr(prefix.size());
}

std::vector<const Node*> list_of(const Config& config, std::optional<std::size_t> block,
                                 std::string_view name) {
  for (;; block = config.nodes[*block].parent) {
    std::vector<const Node*> found;
    for (const auto child : config.named(block, name)) found.push_back(&config.nodes[child]);
    if (!found.empty() || !block) return found;
  }
}

bool answers_otherwise(const Config& config, std::size_t block, std::string_view apart) {
  return std::ranges::any_of(config.nodes[block].children, [&](auto child) {
    const auto& node = config.nodes[child];
    const auto forms = Directives::known().find(node.name.value);
    const bool own = std::ranges::any_of(forms, [](const Form& form) { return !form.foreign; });
    return !own || (is_one_of(node.name.value, kAnswers) && !node.is(apart));
  });
}

}  // namespace stackaudit::stack::nginx

// Indices over the list, made once it is complete.
#include "stack/nginx/config.hpp"

#include <algorithm>
#include <utility>

namespace stackaudit::stack::nginx {

std::string Node::joined(std::size_t from) const {
  std::string out;
  for (std::size_t i = from; i < args.size(); ++i) {
    if (i != from) out += ' ';
    out += args[i].value;
  }
  return out;
}

const std::vector<std::size_t>& Config::children(std::optional<std::size_t> block) const {
  return block ? nodes[*block].children : top;
}

void Config::index() {
  numbers_.clear();
  ordered_.clear();
  ordered_.reserve(nodes.size());
  begins_.assign(1, 0);
  begins_.reserve(nodes.size() + 2);
  std::vector<std::uint32_t> number_of_node;
  number_of_node.reserve(nodes.size());
  for (const auto& node : nodes) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    number_of_node.push_back(numbers_.try_emplace(node.name.value, next).first->second);
  }
  const auto key = [&](std::uint32_t node) { return std::pair(number_of_node[node], node); };
  const auto add = [&](const std::vector<std::size_t>& block) {
    const auto begin = static_cast<std::ptrdiff_t>(ordered_.size());
    for (const auto child : block) ordered_.push_back(static_cast<std::uint32_t>(child));
    std::ranges::sort(ordered_.begin() + begin, ordered_.end(), {}, key);
    begins_.push_back(static_cast<std::uint32_t>(ordered_.size()));
  };
  add(top);
  for (const auto& node : nodes) add(node.children);
  names_.clear();
  names_.reserve(ordered_.size());
  for (const auto node : ordered_) names_.push_back(number_of_node[node]);
}

std::optional<std::uint32_t> Config::number_of(std::string_view name) const {
  const auto it = numbers_.find(name);
  return it == numbers_.end() ? std::nullopt : std::optional(it->second);
}

std::span<const std::uint32_t> Config::named(std::optional<std::size_t> block,
                                             std::string_view name) const {
  const auto number = number_of(name);
  if (!number) return {};
  const auto at = block ? *block + 1 : 0;
  const std::span names(names_.data() + begins_[at], begins_[at + 1] - begins_[at]);
  const auto [first, last] = std::equal_range(names.begin(), names.end(), *number);
  return std::span(ordered_).subspan(begins_[at] + static_cast<std::size_t>(first - names.begin()),
                                     static_cast<std::size_t>(last - first));
}

const Node* Config::own(std::optional<std::size_t> block, std::string_view name) const {
  const auto found = named(block, name);
  return found.empty() ? nullptr : &nodes[found.back()];
}

const Node* Config::inherited(std::optional<std::size_t> block, std::string_view name) const {
  for (;;) {
    if (const auto* found = own(block, name)) return found;
    if (!block) return nullptr;
    block = nodes[*block].parent;
  }
}

std::optional<std::size_t> Config::enclosing(std::size_t node, std::string_view name,
                                             Context context) const {
  for (std::optional<std::size_t> i = node; i; i = nodes[*i].parent)
    if (nodes[*i].is(name) && nodes[*i].context == context) return i;
  return std::nullopt;
}

bool Config::serves_tls(const Node& node) const {
  const auto uses = [&](std::size_t server) {
    const auto* certificate = inherited(server, "ssl_certificate");
    if (node.is("ssl_certificate"))
      return certificate != nullptr && certificate->parent == node.parent;
    return certificate != nullptr && inherited(server, node.name.value) == &node;
  };
  if (!node.parent) return false;
  if (nodes[*node.parent].is("server")) return uses(*node.parent);
  return std::ranges::any_of(named(node.parent, "server"),
                             [&](auto child) { return nodes[child].block && uses(child); });
}

std::string Config::path_of(const Node& node) const {
  std::string path;
  for (auto i = node.parent; i; i = nodes[*i].parent)
    path = path.empty() ? nodes[*i].name.value : nodes[*i].name.value + '/' + path;
  return path;
}

}  // namespace stackaudit::stack::nginx

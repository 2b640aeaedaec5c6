#include "stack/nginx/config.hpp"

#include <algorithm>

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

const Node* Config::own(std::optional<std::size_t> block, std::string_view name) const {
  const Node* found = nullptr;
  for (const auto i : children(block))
    if (nodes[i].is(name)) found = &nodes[i];
  return found;
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
  return std::ranges::any_of(children(node.parent), [&](auto child) {
    return nodes[child].is("server") && nodes[child].block && uses(child);
  });
}

std::string Config::path_of(const Node& node) const {
  std::string path;
  for (auto i = node.parent; i; i = nodes[*i].parent)
    path = path.empty() ? nodes[*i].name.value : nodes[*i].name.value + '/' + path;
  return path;
}

}  // namespace stackaudit::stack::nginx

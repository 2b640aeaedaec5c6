#include "stack/nginx/constants.hpp"

#include "stack/nginx/refusal.hpp"
#include "stack/nginx/variables.hpp"

#include <array>
#include <map>

namespace stackaudit::stack::nginx {
namespace {

constexpr auto kOfFiles =
    std::to_array<std::string_view>({"root", "alias", "auth_basic_user_file", "fastcgi_param"});

using Constants = std::map<std::string, const Node*, std::less<>>;  // nullptr: it has several

// The name without its $, from any `set` of a server.
Constants constants_of(const Config& config, std::size_t server) {
  Constants found;
  std::vector<std::size_t> blocks{server};
  while (!blocks.empty()) {
    const auto block = blocks.back();
    blocks.pop_back();
    for (const auto child : config.nodes[block].children) {
      const auto& node = config.nodes[child];
      if (node.block) blocks.push_back(child);
      if (!node.is("set") || node.args.size() != 2 || !node.arg(0).starts_with('$')) continue;
      const auto [it, fresh] = found.emplace(node.arg(0).substr(1), &node);
      if (!fresh || block != server) it->second = nullptr;
    }
  }
  return found;
}

// With each constant's text; none where the value has none of them.
std::optional<std::string> expanded(const Constants& constants, std::string_view value) {
  std::string out;
  for (std::size_t at = 0; at < value.size();) {
    if (value[at] != '$') {
      out += value[at++];
      continue;
    }
    const bool braced = at + 1 < value.size() && value[at + 1] == '{';
    const auto begin = at + (braced ? 2 : 1);
    auto end = begin;
    while (end < value.size() && is_name_character(value[end])) ++end;
    const auto known = constants.find(value.substr(begin, end - begin));
    const bool constant = known != constants.end() && known->second != nullptr &&
                          !has_variable(known->second->arg(1));
    if (constant)
      out += known->second->arg(1);
    else
      out += value.substr(at, end + (braced ? 1 : 0) - at);
    at = end + (braced ? 1 : 0);
  }
  return out == value ? std::nullopt : std::optional(out);
}

void settle(Config& config, std::size_t block, const Constants& constants) {
  for (const auto child : config.nodes[block].children) {
    auto& node = config.nodes[child];
    if (is_one_of(node.name.value, kOfFiles) && !node.args.empty())
      if (auto text = expanded(constants, node.args.back().value))
        node.args.back().value = *std::move(text);
    if (node.block) settle(config, child, constants);
  }
}

}  // namespace

void settle_constants(Config& config) {
  for (std::size_t i = 0; i < config.nodes.size(); ++i) {
    const auto& node = config.nodes[i];
    if (!node.is("server") || !node.block || node.context != Context::http) continue;
    if (const auto constants = constants_of(config, i); !constants.empty())
      settle(config, i, constants);
  }
}

}  // namespace stackaudit::stack::nginx

// Words are only put in the place of others once every `set` of the server was seen.
#include "stack/nginx/constants.hpp"

#include "stack/net.hpp"
#include "stack/nginx/refusal.hpp"
#include "stack/nginx/variables.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace stackaudit::stack::nginx {
namespace {

constexpr auto kOfFiles =
    std::to_array<std::string_view>({"root", "alias", "auth_basic_user_file", "fastcgi_param"});

constexpr auto kPasses = std::to_array<std::string_view>(
    {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"});

struct Constant {
  const Node* set = nullptr;  // nullptr: it has several
  std::size_t block = 0;      // around it
};
using Constants = std::map<std::string, Constant, std::less<>>;

// The name without its $, from any `set` of a server.
Constants constants_of(const Config& config, std::size_t server) {
  Constants found;
  std::vector<std::size_t> blocks{server};
  while (!blocks.empty()) {
    const auto block = blocks.back();
    blocks.pop_back();
    const bool certain = !config.nodes[block].is("if");
    for (const auto child : config.nodes[block].children) {
      const auto& node = config.nodes[child];
      if (node.block) blocks.push_back(child);
      if (!node.is("set") || node.args.size() != 2 || !node.arg(0).starts_with('$')) continue;
      const auto [it, fresh] = found.emplace(node.arg(0).substr(1), Constant{&node, block});
      if (!fresh || !certain) it->second.set = nullptr;
    }
  }
  return found;
}

// "http://127.0.0.1:8080", "[::1]:9000", "unix:/run/a.sock": with no more behind it.
bool is_numeric(std::string_view address) {
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos)
    address.remove_prefix(scheme + 3);
  if (address.starts_with("unix:/")) return true;
  const auto colon = address.rfind(':');
  const auto bracket = address.rfind(']');
  const bool port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
  return numeric_address(port ? address.substr(0, colon) : address).has_value();
}

// With the text of each constant that is seen in the blocks; none where the value has none of them.
std::optional<std::string> expanded(const Constants& constants,
                                    const std::vector<std::size_t>& blocks,
                                    std::string_view value) {
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
    const bool constant = known != constants.end() && known->second.set != nullptr &&
                          std::ranges::find(blocks, known->second.block) != blocks.end() &&
                          !has_variable(known->second.set->arg(1));
    if (constant)
      out += known->second.set->arg(1);
    else
      out += value.substr(at, end + (braced ? 1 : 0) - at);
    at = end + (braced ? 1 : 0);
  }
  return out == value ? std::nullopt : std::optional(out);
}

// `blocks`: the way to the block whose directives are looked at.
void settle(Config& config, std::vector<std::size_t>& blocks, const Constants& constants) {
  for (const auto child : config.nodes[blocks.back()].children) {
    auto& node = config.nodes[child];
    const bool passes = is_one_of(node.name.value, kPasses);
    if ((passes || is_one_of(node.name.value, kOfFiles)) && !node.args.empty())
      if (auto text = expanded(constants, blocks, node.args.back().value);
          text && (!passes || is_numeric(*text)))
        node.args.back().value = *std::move(text);
    if (!node.block) continue;
    blocks.push_back(child);
    settle(config, blocks, constants);
    blocks.pop_back();
  }
}

}  // namespace

void settle_constants(Config& config) {
  for (std::size_t i = 0; i < config.nodes.size(); ++i) {
    const auto& node = config.nodes[i];
    if (!node.is("server") || !node.block || node.context != Context::http) continue;
    std::vector<std::size_t> blocks{i};
    if (const auto constants = constants_of(config, i); !constants.empty())
      settle(config, blocks, constants);
  }
}

}  // namespace stackaudit::stack::nginx

// As ngx_http_core_module and ngx_http_referer_module take names apart.
#include "stack/nginx/hostnames.hpp"

namespace stackaudit::stack::nginx {
namespace {

Answer server_name(const Node& node) {
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    const auto name = node.arg(i);
    if (name == "~") return Refusal{i, "empty regex in server name \"~\""};
    const bool star = name.starts_with('*') && (name.size() < 3 || name[1] != '.');
    if (star || name == ".") return Refusal{i, "server name " + quoted(name) + " is invalid"};
  }
  return {};
}

Answer referer(const Node& node) {
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    auto name = node.arg(i);
    if (is_one_of(name, Words{"none", "blocked", "server_names"}) || name.starts_with('~'))
      continue;
    if (name.empty()) return Refusal{i, "invalid referer \"\""};
    name.remove_prefix(name.starts_with("http://") ? 7 : 0);
    name = name.substr(0, name.find('/'));
    if (!is_hostname(name)) return Refusal{i, "invalid hostname or wildcard " + quoted(name)};
  }
  return {};
}

}  // namespace

bool is_hostname(std::string_view name) {
  const auto stars = std::ranges::count(name, '*');
  if (stars > 1 || name.find("..") != std::string_view::npos) return false;
  if (name.size() > 1 && name[0] == '.') return true;
  if (name.size() > 2 && (name.starts_with("*.") || name.ends_with(".*"))) return true;
  return stars == 0;
}

Answer check_hostnames(const Node& node) {
  return node.is("server_name") ? server_name(node) : referer(node);
}

}  // namespace stackaudit::stack::nginx

// In the words of ngx_http_core_module.c and ngx_http_proxy_module.c.
#include "stack/nginx/location_arguments.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {
namespace {

LocationName name_of(const Node& location) {
  return location_name(location.arg(0), location.args.size() == 2 ? location.arg(1) : "");
}

bool is_regex(const LocationName& name) {
  return name.modifier.starts_with('~');
}

// The name as nginx tells it: the "@" is part of it.
std::string told(const LocationName& name) {
  return quoted((name.modifier == "@" ? "@" : "") + std::string(name.pattern));
}

}  // namespace

Answer nested_location(const Config& config, const Node& node) {
  if (node.context != Context::location || !node.parent) return {};
  const auto inner = name_of(node);
  const auto outer = name_of(config.nodes[*node.parent]);
  const auto last = node.args.size() - 1;
  if (outer.modifier == "=" || outer.modifier == "@")
    return Refusal{last, "location " + told(inner) + " cannot be inside the " +
                             (outer.modifier == "=" ? "exact" : "named") + " location " +
                             told(outer)};
  if (inner.modifier == "@")
    return Refusal{last, "named location " + told(inner) + " can be on the server level only"};
  if (!is_regex(inner) && !inner.pattern.starts_with(outer.pattern))
    return Refusal{last, "location " + told(inner) + " is outside location " + told(outer)};
  return {};
}

// Inside a regular expression, a named location or an "if", the URI cannot be replaced.
Answer passed_uri(const Config& config, const Node& node) {
  if (has_variable(node.arg(0)) || !node.parent || node.context == Context::stream_server)
    return {};
  const auto scheme = node.arg(0).find("://");
  if (scheme == std::string_view::npos) return {};
  const auto address = node.arg(0).substr(scheme + 3);
  const bool uri = address.starts_with("unix:")
                       ? address.find(':', 5) != std::string_view::npos
                       : address.find_first_of("/?") != std::string_view::npos;
  if (!uri) return {};
  const auto& block = config.nodes[*node.parent];
  if (block.is("location")) {
    const auto name = name_of(block);
    if (!is_regex(name) && name.modifier != "@") return {};
  }
  return Refusal{0,
                 "\"proxy_pass\" cannot have URI part in location given by regular expression, or "
                 "inside named location, or inside \"if\" statement, or inside \"limit_except\" "
                 "block"};
}

// They exclude each other in one block.
Answer root_or_alias(const Config& config, const Node& node) {
  if (!node.parent) return {};
  const std::string_view other = node.is("root") ? "alias" : "root";
  const auto others = config.named(node.parent, other);
  if (!others.empty() && &config.nodes[others.front()] < &node)
    return Refusal{0, quoted(node.name.value) + " directive is duplicate, " + quoted(other) +
                          " directive was specified earlier"};
  const auto& block = config.nodes[*node.parent];
  if (node.is("alias") && block.is("location") && name_of(block).modifier == "@")
    return Refusal{0, "the \"alias\" directive cannot be used inside the named location"};
  return {};
}

}  // namespace stackaudit::stack::nginx

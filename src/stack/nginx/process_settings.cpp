// In the words of ngx_event.c, ngx_thread_pool.c, nginx.c and ngx_http_core_module.c.
#include "stack/nginx/process_settings.hpp"

#include "stack/nginx/values.hpp"

#include <array>
#include <string>

namespace stackaudit::stack::nginx {
namespace {

Answer event_method(const Reader& reader, const Node& node) {
  if (node.arg(0) == "epoll") return {};
  if (node.arg(0) == "select" || node.arg(0) == "poll") {
    const auto option = "--with-" + std::string(node.arg(0)) + "_module";
    if (reader.build.declared.empty() || reader.build.has_option(option)) return {};
  }
  return Refusal{0, "invalid event type " + quoted(node.arg(0)),
                 text::nearest(node.arg(0), Words{"epoll"}).value_or("")};
}

Answer affinity(const Reader&, const Node& node) {
  for (std::size_t i = node.arg(0) == "auto" ? 1 : 0; i < node.args.size(); ++i) {
    const auto bad = node.arg(i).find_first_not_of("01 ");
    if (bad != std::string_view::npos)
      return Refusal{i, std::string("invalid character \"") + node.arg(i)[bad] +
                            "\" in \"worker_cpu_affinity\""};
  }
  return {};
}

Answer priority(const Reader&, const Node& node) {
  auto value = node.arg(0);
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  return parse_number(value) ? Answer{} : directive_refuses(node, 0, "invalid number");
}

Answer asynchronous(const Reader& reader, const Node& node) {
  const auto value = node.arg(0);
  if (value == "off") return {};
  if (value == "on" || value == "sendfile") {
    if (reader.build.declared.empty() || reader.build.has_option("--with-file-aio")) return {};
    return Refusal{0, quoted("aio on") + " is unsupported on this platform"};
  }
  if (!value.starts_with("threads") || (value.size() > 7 && value[7] != '='))
    return directive_refuses(node, 0);
  if (value.size() <= 8 || has_variable(value)) return {};
  const auto name = value.substr(8);
  for (const auto& other : reader.config.nodes)
    if (other.is("thread_pool") && other.arg(0) == name) return {};
  if (name == "default") return {};
  return Refusal{0, "unknown thread pool " + quoted(name)};
}

Answer pool_once(const Reader& reader, const Node& node) {
  for (const auto& other : reader.config.nodes) {
    if (&other == &node) break;
    if (other.is("thread_pool") && other.arg(0) == node.arg(0))
      return Refusal{0, "duplicate thread pool " + quoted(node.arg(0))};
  }
  return {};
}

// Modules come before everything that they could change.
Answer module_first(const Reader& reader, const Node& node) {
  for (const auto i : reader.config.top) {
    const auto& other = reader.config.nodes[i];
    if (&other == &node) break;
    if (other.block && !other.command_line)
      return directive_refuses(node, 0, "is specified too late");
  }
  return {};
}

constexpr auto kChecks = std::to_array<SettingCheck>({
    {"use", event_method},
    {"load_module", module_first},
    {"thread_pool", pool_once},
    {"worker_cpu_affinity", affinity},
    {"worker_priority", priority},
    {"aio", asynchronous},
});

}  // namespace

std::span<const SettingCheck> process_checks() {
  return kChecks;
}

}  // namespace stackaudit::stack::nginx

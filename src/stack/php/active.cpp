// Which plugins and which theme of a WordPress are active: the database alone knows.
#include "stack/php/wordpress.hpp"
#include "stack/wordpress/options.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace stackaudit::stack::php {
namespace {

constexpr std::string_view kPlugins = "/wp-content/plugins/", kThemes = "/wp-content/themes/";
// What makes the list of plugins more than one table.
constexpr std::array<std::string_view, 3> kNetwork{"MULTISITE", "SUBDOMAIN_INSTALL", "VHOST"};

std::string first_part(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

// The only value of a setting of wp-config.php.
std::string setting(const Corpus& corpus, const Definitions& definitions, const std::string& config,
                    const std::string& key) {
  const Evaluator evaluator(corpus, definitions);
  std::string found;
  for (const auto& definition : definitions.of(key)) {
    if (definition.unit->path != config) continue;
    Scope scope;
    scope.unit = definition.unit;
    scope.outermost = true;
    const auto value = evaluator.value(scope, definition.value);
    if (value.single() == nullptr || !found.empty()) return {};
    found = *value.single();
  }
  return found;
}

bool is_local(const std::string& host) {
  return host == "localhost" || host.starts_with("localhost:") || host.starts_with("127.") ||
         host.starts_with(":/");
}

void mark(Unit& unit, const StoredOptions& options) {
  const auto inside = unit.inside_wordpress();
  if (inside.starts_with(kPlugins)) {
    const auto name = inside.substr(kPlugins.size());
    const auto folder = first_part(name);
    const auto names_it = [&](const std::string& plugin) {
      return plugin == name || (first_part(plugin) == folder && folder != name);
    };
    unit.active = std::ranges::any_of(options.plugins, names_it);
    unit.together = 0;
    for (std::size_t i = 0; i < options.lists.size(); ++i)
      if (std::ranges::any_of(options.lists[i], names_it)) unit.together |= std::uint64_t{1} << i;
    // What lies beside the plugins is one if its head says so.
    unit.inactive = !unit.active && (folder != name || unit.plugin);
  } else if (inside.starts_with(kThemes) && !options.themes.empty()) {
    const auto theme = first_part(inside.substr(kThemes.size()));
    unit.active = options.themes.contains(theme) || options.parents.contains(theme);
    unit.inactive = !unit.active && theme != inside.substr(kThemes.size());
    if (options.themes.size() > 1 || options.parents.size() > 1) unit.together = 0;
  }
}

}  // namespace

StoredOptions options_of(const Corpus& corpus, const Definitions& definitions,
                         const std::string& root) {
  const auto end = tree::resolve(corpus.survey().tree, wordpress_config(corpus.survey(), root));
  if (!end) return {};
  const auto& config = end.path;
  const bool network = std::ranges::any_of(kNetwork, [&](std::string_view name) {
    return std::ranges::any_of(definitions.of(name),
                               [&](const Definition& d) { return d.unit->path == config; });
  });
  if (network || !is_local(setting(corpus, definitions, config, "DB_HOST"))) return {};
  return stored_options(corpus.survey().tree, setting(corpus, definitions, config, "DB_NAME"),
                        setting(corpus, definitions, config, "$table_prefix"));
}

void mark_active(Corpus& corpus, const Definitions& definitions) {
  for (const auto& root : corpus.wordpress_roots) {
    const auto options = options_of(corpus, definitions, root);
    if (!options.known) continue;
    for (auto& unit : corpus.units)
      if (unit.wordpress == root) mark(unit, options);
  }
}

}  // namespace stackaudit::stack::php

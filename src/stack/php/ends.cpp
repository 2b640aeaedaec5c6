// Names of which only the end is written: require $dir . '/includes/setup.php'.
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kShortest = 6;

bool ends_with(const Unit& unit, std::string_view end) {
  return std::string_view(unit.path).ends_with(end);
}

// One slip in the last name or, for several parts, in what is before it.
bool is_near(std::string_view path, std::string_view end) {
  const auto parts = std::ranges::count(end, '/');
  std::size_t at = path.size();
  for (auto i = std::ptrdiff_t{0}; i < parts && at != std::string_view::npos && at > 0; ++i)
    at = path.rfind('/', at - 1);
  return at != std::string_view::npos && text::edit_distance(path.substr(at), end, 1) == 1;
}

}  // namespace

std::string nearest_end(const ByName& files, const Include& include, const Target& target) {
  const auto& value = target.text.value;
  const auto hole = value.rfind(kHole);
  if (hole == std::string::npos || is_library(*include.unit)) return {};
  auto end = value.substr(hole + 1);
  // What the unknown part ends with is taken for a slash where more parts follow.
  if (end.find('/') != std::string::npos && !end.starts_with('/')) end.insert(0, "/");
  const auto name = tree::basename(end);
  if (include.alternative && std::ranges::count(end, '/') < 2) return {};
  if (!end.starts_with('/') || end.find("/..") != std::string_view::npos ||
      name.size() < kShortest || name.find("php") == std::string_view::npos)
    return {};
  const auto [first, last] = files.equal_range(name);
  for (auto it = first; it != last; ++it)
    if (ends_with(*it->second, end)) return {};
  std::string best;
  for (const auto& [other, unit] : files) {
    if (unit->application != include.unit->application || !is_near(unit->path, end)) continue;
    if (best.empty() || unit->path < best) best = unit->path;
  }
  return best;
}

bool lacks_library(const ByName& files, const Include& include, const Target& target) {
  const auto& name = target.text.value;
  if (!include.required() || include.alternative || include.silenced || include.unit->inactive ||
      !target.text.known() || target.text.unsure || name.starts_with('/') ||
      name.starts_with('.') || name.find('/') == std::string::npos || !name.ends_with(".php"))
    return false;
  const auto [first, last] = files.equal_range(tree::basename(name));
  return std::none_of(first, last,
                      [&](const auto& file) { return ends_with(*file.second, "/" + name); });
}

}  // namespace stackaudit::stack::php

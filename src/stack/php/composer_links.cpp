// Classes of the application that Composer's autoloader loads are loaded as if the code named their
// files: what lies beside the document root is read like what lies in it.
#include "stack/php/autoload.hpp"
#include "stack/php/composer_map.hpp"
#include "stack/php/graph.hpp"
#include "tree/resolve.hpp"

#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// The classes that a file of the application uses.
const std::vector<std::string>& names_in(const Unit& unit, ClassNames& known) {
  const auto [it, fresh] = known.emplace(unit.path, std::vector<std::string>{});
  if (!fresh) return it->second;
  for (auto& use : class_uses(unit.parsed.ast, unit.text))
    it->second.push_back(std::move(use.name));
  return it->second;
}

}  // namespace

std::vector<Link> composer_links(const Corpus& corpus, ClassNames& known) {
  std::vector<Link> links;
  std::set<std::string> seen;
  for (const auto& real : corpus.units) {
    if (tree::basename(real.path) != "autoload_real.php" || !seen.insert(real.directory).second)
      continue;
    const auto map = composer_map(corpus.survey(), real.directory);
    const auto vendor = tree::dirname(real.directory);
    if (!map) continue;
    for (const auto& unit : corpus.units) {
      if (unit.application != real.application || !tree::is_within(unit.path, map->base) ||
          tree::is_within(unit.path, vendor))
        continue;
      for (const auto& name : names_in(unit, known)) {
        Link link;
        link.include.unit = &unit;
        link.include.by_class = true;
        for (const auto& file : map->files_of(name)) {
          const auto end = tree::resolve(corpus.survey().tree, file);
          if (!end || end.stat.type != tree::FileType::regular) continue;
          Target target;
          target.path = file;
          target.canonical = end.path;
          target.state = "found";
          target.text.value = file;
          link.targets.push_back(std::move(target));
          break;
        }
        if (!link.targets.empty()) links.push_back(std::move(link));
      }
    }
  }
  return links;
}

}  // namespace stackaudit::stack::php

// What no condition stands around, and what follows from that.
#include "stack/php/certain_includes.hpp"

#include "stack/php/symbols.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <utility>

namespace stackaudit::stack::php {

using namespace syntax::php;

bool CertainIncludes::holds(const Unit& unit, NodeId include) {
  const auto [it, fresh] = of_unit_.try_emplace(&unit);
  if (fresh) it->second = certain_includes(unit.parsed.ast, unit.text);
  return std::ranges::binary_search(it->second, include) && !is_behind_end(unit, include);
}

// Whether a function that ends the script is called before it.
bool CertainIncludes::is_behind_end(const Unit& unit, NodeId include) const {
  const auto& ast = unit.parsed.ast;
  for (auto at = ast[ast.root].first; at != 0 && ast[at].end <= ast[include].begin;
       at = ast[at].next)
    if (ast[at].kind == NodeKind::expression && evaluator_.never_returns(unit, ast[at].first))
      return true;
  return false;
}

const Unit* only_target(const Corpus& corpus, const Link& link) {
  if (link.targets.size() != 1 || link.targets[0].state != "found" || link.include.alternative)
    return nullptr;
  const auto* to = corpus.find(link.targets[0].canonical);
  return to == link.include.unit ? nullptr : to;
}

bool is_page(const Unit& unit) {
  if (!unit.reached || unit.reached->entry != unit.path || unit.loaders > 0 || unit.inactive ||
      unit.specimen || !unit.wordpress.empty())
    return false;
  const auto& ast = unit.parsed.ast;
  if (tree::basename(unit.path) == "index.php") return true;
  for (auto at = ast[ast.root].first; at != 0; at = ast[at].next)
    if (ast[at].kind == NodeKind::echo || ast[at].kind == NodeKind::html ||
        (ast[at].kind == NodeKind::expression && ast[ast[at].first].kind != NodeKind::include))
      return true;
  return false;
}

std::vector<const Unit*> with_certainly_loaded(CertainIncludes& certain, const LinksOf& links,
                                               std::vector<const Unit*> files) {
  UnitSet known(files.begin(), files.end());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto list = links.find(files[i]);
    if (list == links.end()) continue;
    for (const auto* link : list->second) {
      const auto* to = only_target(certain.corpus(), *link);
      if (to == nullptr || known.contains(to) || !certain.holds(link->include)) continue;
      known.insert(to);
      files.push_back(to);
    }
  }
  return files;
}

UnitSet with_certain_loaders(CertainIncludes& certain, const std::vector<Link>& links,
                             const UnitSet& files) {
  if (files.empty()) return files;
  UnitMap<std::vector<const Unit*>> loaders;
  for (const auto& link : links)
    if (const auto* to = only_target(certain.corpus(), link);
        to != nullptr && certain.holds(link.include))
      loaders[to].push_back(link.include.unit);
  auto found = files;
  std::vector<const Unit*> waiting(files.begin(), files.end());
  while (!waiting.empty()) {
    const auto it = loaders.find(waiting.back());
    waiting.pop_back();
    if (it == loaders.end()) continue;
    for (const auto* unit : it->second)
      if (found.insert(unit).second) waiting.push_back(unit);
  }
  return found;
}

UnitSet certainly_run(CertainIncludes& certain, const std::vector<Link>& links) {
  std::vector<const Unit*> pages;
  for (const auto& unit : certain.corpus().units)
    if (is_page(unit)) pages.push_back(&unit);
  const auto run = with_certainly_loaded(certain, links_of_units(links), std::move(pages));
  return {run.begin(), run.end()};
}

}  // namespace stackaudit::stack::php

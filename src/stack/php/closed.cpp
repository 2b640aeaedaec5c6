// Applications of which all code was seen: no file of theirs is loaded under a name that only the
// request tells, and every file was read whole. What nothing declares there does not exist.
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <set>

namespace stackaudit::stack::php {

bool is_open(const Link& link) {
  if (link.undefined) return false;
  if (link.include.value.is_array) return true;
  const auto streams = [](const Text& text) { return text.value.find("://") < 16; };
  if (std::ranges::any_of(link.include.value.texts, streams)) return true;
  return std::ranges::any_of(link.targets, [&](const Target& target) {
    const bool seen =
        target.state == "found" ||
        (target.state == "missing" && (link.include.silenced || link.include.handled ||
                                       link.include.alternative || link.include.caught));
    return !seen || target.text.open;
  });
}

namespace {

// Whether other applications' directories hold this one's, or lie in it.
bool is_alone(const Corpus& corpus, std::size_t application) {
  const auto& all = corpus.applications;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i != application && overlap(all[i], all[application])) return false;
  return true;
}

void open(Closed& closed) {
  closed.functions = closed.classes = false;
}

void give_up(Closed& closed) {
  open(closed);
  closed.front = {};
}

}  // namespace

std::set<std::string_view> broken_files(const Corpus& corpus) {
  std::set<std::string_view> broken;
  for (const auto& row : corpus.survey().facts.rows<facts::SyntaxProblem>())
    if (row.language == "php") broken.insert(row.path);
  return broken;
}

std::vector<Closed> closed_applications(CertainIncludes& certain, const Definitions& definitions,
                                        const std::vector<Link>& links) {
  const auto& corpus = certain.corpus();
  std::vector<Closed> closed(corpus.applications.size());
  for (std::size_t i = 0; i < closed.size(); ++i) {
    const auto& application = corpus.applications[i];
    const bool known = application.served && application.version != 0 &&
                       !application.sapis.empty() && is_alone(corpus, i);
    closed[i].functions = closed[i].classes = known;
    if (known) closed[i].front = front_of(certain, i, links);
  }
  for (const auto& link : links)
    for (const auto& target : link.targets)
      if (const auto* unit = target.state == "found" ? corpus.find(target.canonical) : nullptr;
          unit != nullptr && unit->application != link.include.unit->application)
        closed[link.include.unit->application].lenders.insert(unit->application);
  const auto& rows = corpus.survey().facts.rows<facts::Reference>();
  if (std::ranges::any_of(rows, [](const auto& row) { return row.kind == "auto_prepend_file"; })) {
    for (auto& each : closed) give_up(each);
    return closed;
  }
  for (const auto& link : links)
    if (is_open(link)) open(closed[link.include.unit->application]);
  for (const auto& each : definitions.of("@autoload"))
    closed[each.unit->application].classes = false;
  for (const auto& each : definitions.of("@eval")) {
    if (!each.unit->reached) continue;
    open(closed[each.unit->application]);
    closed[each.unit->application].front.open = true;
  }
  const auto broken = broken_files(corpus);
  for (const auto& unit : corpus.units) {
    if (!unit.wordpress.empty()) open(closed[unit.application]);
    if (unit.reached && unit.symbols.makes_names) {
      closed[unit.application].classes = false;
      closed[unit.application].front.open = true;
    }
    if (broken.contains(unit.path) && !unit.inactive) give_up(closed[unit.application]);
  }
  return closed;
}

}  // namespace stackaudit::stack::php

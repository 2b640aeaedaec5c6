// The plugins and the theme of every request, and what they may use.
#include "stack/php/front.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace stackaudit::stack::php {
namespace {

constexpr auto kOfEveryPage =
    std::to_array<std::string_view>({"functions.php", "header.php", "footer.php", "index.php"});

// Loaded wherever they are; others ask for a constant first.
constexpr auto kDropIns =
    std::to_array<std::string_view>({"/wp-content/db.php", "/wp-content/object-cache.php"});

bool is_core(const Unit& unit) {
  return !unit.wordpress.empty() && !unit.inside_wordpress().starts_with("/wp-content/") &&
         tree::basename(unit.path) != "wp-config.php";
}

// Whether WordPress itself loads the file for each request; second: before pluggable.php.
std::pair<bool, bool> is_loaded(const Unit& unit) {
  if (unit.wordpress.empty() || unit.inactive) return {false, false};
  if (tree::basename(unit.path) == "wp-config.php") return {true, true};
  const auto rest = unit.inside_wordpress();
  const auto depth = std::ranges::count(rest, '/');
  if (rest.starts_with("/wp-content/mu-plugins/")) return {depth == 3, true};
  if (rest.starts_with("/wp-content/plugins/")) return {unit.plugin && unit.active, true};
  if (std::ranges::find(kDropIns, rest) != kDropIns.end()) return {true, true};
  const bool page =
      std::ranges::find(kOfEveryPage, tree::basename(unit.path)) != kOfEveryPage.end();
  return {rest.starts_with("/wp-content/themes/") && unit.active && page && depth == 4, false};
}

int turn_of(const Unit& unit) {
  if (tree::basename(unit.path) == "wp-config.php") return kSettings;
  const auto rest = unit.inside_wordpress();
  if (rest.starts_with("/wp-content/plugins/")) return kPlugins;
  if (rest.starts_with("/wp-content/themes/")) return kThemes;
  return rest.starts_with("/wp-content/") ? kMustUse : kCore;
}

// What an earlier file loads comes with it. Of WordPress's own files wp-load.php may bring some
// before the settings; these bring all others.
void take_turns(const Corpus& corpus, const LinksOf& loads, UnitMap<int>& turns) {
  std::deque<const Unit*> waiting;
  for (const auto& [unit, turn] : turns) waiting.push_back(unit);
  while (!waiting.empty()) {
    const auto* at = waiting.front();
    waiting.pop_front();
    const auto list = loads.find(at);
    const bool loader = tree::basename(at->path) == "wp-load.php";
    if (list == loads.end() || (is_core(*at) && !loader)) continue;
    const auto turn = loader ? static_cast<int>(kSettings) : turns.at(at);
    for (const auto* link : list->second)
      for (const auto& target : link->targets) {
        const auto* to = corpus.find(target.canonical);
        const auto known = to == nullptr ? turns.end() : turns.find(to);
        if (known == turns.end() || known->second <= turn ||
            tree::basename(to->path) == "wp-settings.php")
          continue;
        known->second = turn;
        waiting.push_back(to);
      }
  }
}

void follow(CertainIncludes& certain, const LinksOf& loads, Front& front) {
  std::deque<const Unit*> waiting;
  for (const auto& [unit, early] : front.units) waiting.push_back(unit);
  while (!waiting.empty()) {
    const auto* at = waiting.front();
    waiting.pop_front();
    const auto list = loads.find(at);
    if (list == loads.end()) continue;
    for (const auto* link : list->second) {
      const auto* to = only_target(certain.corpus(), *link);
      if (to == nullptr || is_core(*to) || !certain.holds(link->include)) continue;
      if (front.units.emplace(to, front.units.at(at)).second) waiting.push_back(to);
    }
  }
}

// What begins a request, and loads all.
bool is_beginning(const Unit& unit) {
  const auto name = tree::basename(unit.path);
  return name == "wp-settings.php" || name == "wp-load.php" || name == "wp-config.php";
}

// What these load, and so on.
void spread(const Corpus& corpus, const LinksOf& loads, UnitSet& all) {
  std::deque<const Unit*> waiting(all.begin(), all.end());
  while (!waiting.empty()) {
    const auto list = loads.find(waiting.front());
    waiting.pop_front();
    if (list == loads.end()) continue;
    for (const auto* link : list->second)
      for (const auto& target : link->targets)
        if (const auto* to = corpus.find(target.canonical); to != nullptr && all.insert(to).second)
          waiting.push_back(to);
  }
}

// Whether its name is one that only a request tells.
bool is_dynamic(const Link& link) {
  if (link.include.value.is_array) return true;
  return std::ranges::any_of(link.targets, [](const Target& target) {
    return target.state == "dynamic" || target.state == "unseen" || target.text.open;
  });
}

}  // namespace

Front front_of(CertainIncludes& certain, std::size_t application, const std::vector<Link>& links) {
  const auto& corpus = certain.corpus();
  Front front;
  for (const auto& unit : corpus.units) {
    if (unit.application != application) continue;
    if (const auto [loaded, early] = is_loaded(unit); loaded) front.units.emplace(&unit, early);
    if (!unit.wordpress.empty()) front.turns.emplace(&unit, turn_of(unit));
    front.seen =
        front.seen || (!unit.wordpress.empty() && unit.inside_wordpress() == "/wp-settings.php");
  }
  if (front.units.empty()) return front;
  LinksOf loads;
  for (const auto& link : links) {
    const auto& unit = *link.include.unit;
    if (unit.application != application) continue;
    loads[&unit].push_back(&link);
    if (is_core(unit) || unit.inactive) continue;
    front.open = front.open || is_dynamic(link);
    for (const auto& target : link.targets)
      if (const auto* to = corpus.find(target.canonical);
          to != nullptr && is_core(*to) && !is_beginning(*to))
        front.brought.insert(to);
  }
  front.templates = templates_of(corpus, application);
  take_turns(corpus, loads, front.turns);
  follow(certain, loads, front);
  spread(corpus, loads, front.brought);
  return front;
}

// One pass over the declarations of an installation.
void FrontNames::find(const std::string& root) const {
  if (!found_.insert(root).second) return;
  for (const auto& unit : corpus_.units) {
    if (unit.wordpress != root) continue;
    const auto rest = unit.inside_wordpress();
    const bool brought = front_.brought.contains(&unit);
    const bool administration = rest.starts_with("/wp-admin/") && !brought;
    const bool pluggable = rest == "/wp-includes/pluggable.php" && !brought;
    const auto turn = front_.turns.find(&unit);
    std::set<NameHash> whole;  // functions outside of namespaces
    for (const auto& function : unit.symbols.functions)
      whole.insert(hash_of(kFunctionName, function.name));
    for (const auto name : unit.symbols.declared) {
      auto& where = where_[name];
      if (!administration && turn != front_.turns.end() && turn->second < where.turn) {
        where.turn = turn->second;
        where.by = nullptr;
      }
      if (!administration && turn != front_.turns.end() && turn->second == where.turn &&
          whole.contains(name))
        where.by = &unit;
      if (administration || pluggable) where.late = &unit;
      where.pluggable = where.pluggable || pluggable;
      where.early = where.early || !(administration || pluggable);
    }
  }
}

bool FrontNames::declares_again(const Unit& unit, NameHash name) const {
  const auto runs = front_.units.find(&unit);
  if (runs == front_.units.end() || runs->second || unit.wordpress.empty()) return false;
  find(unit.wordpress);
  const auto it = where_.find(name);
  return it != where_.end() && it->second.pluggable;
}

const Unit* FrontNames::later(const Unit& unit, NameHash name) const {
  const auto turn = front_.turns.find(&unit);
  if (!front_.units.contains(&unit) || turn == front_.turns.end()) return nullptr;
  find(unit.wordpress);
  const auto it = where_.find(name);
  const bool comes = it != where_.end() && it->second.turn > turn->second;
  return comes ? it->second.by : nullptr;
}

const Unit* FrontNames::late(const Unit& unit, NameHash name) const {
  const auto runs = front_.units.find(&unit);
  if (runs == front_.units.end() || unit.wordpress.empty()) return nullptr;
  find(unit.wordpress);
  const auto it = where_.find(name);
  if (it == where_.end() || it->second.early || it->second.late == nullptr) return nullptr;
  return it->second.pluggable && !runs->second ? nullptr : it->second.late;
}

}  // namespace stackaudit::stack::php

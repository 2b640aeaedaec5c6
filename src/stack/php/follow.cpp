// A round walks again only the files whose questions have other answers than in the one before.
#include "stack/php/follow.hpp"

#include "stack/in_parallel.hpp"
#include "stack/php/callers.hpp"
#include "stack/php/misnamed.hpp"
#include "stack/php/wordpress.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace stackaudit::stack::php {
namespace {

constexpr int kMostRounds = 24;

bool is_relative(const Target& target) {
  return !target.text.value.starts_with('/') && target.text.known();
}

// Whether a file, nullptr: one that was not read yet, declares the class.
bool brings(const Unit* unit, const std::string& name) {
  return unit == nullptr ||
         std::ranges::find(unit->classes, lower(base_name(name))) != unit->classes.end();
}

// A class whose file is misnamed is missed where nothing else loads that file, or may do so; of the
// classes that one of several autoloaders may be asked for nothing else is told but what a list of
// its own names.
void keep_misnamed(const Corpus& corpus, std::vector<Link>& links) {
  const auto& survey = corpus.survey();
  std::set<std::string> loaded;  // of its own: targets are taken out below
  std::set<std::string_view> doubtful;
  for (const auto& link : links)
    for (const auto& target : link.targets) {
      if (target.state == "found") loaded.insert(target.canonical);
      if (target.state == "dynamic") doubtful.insert(link.include.loading);
    }
  const auto is_missed = [&](const Include& include, const Target& target) {
    if (target.state == "found" && include.probe)
      return brings(corpus.find(target.canonical), include.loading);
    if (target.state != "missing" || include.follows) return !include.probe;
    const auto file = misnamed(survey, target.path, include.loading);
    const auto end = tree::resolve(survey.tree, file);
    if (file.empty()) return !include.probe || include.listed;
    return !loaded.contains(end.path) && !doubtful.contains(include.loading);
  };
  for (auto& link : links)
    if (link.include.autoload)
      std::erase_if(link.targets,
                    [&](const Target& target) { return !is_missed(link.include, target); });
  std::erase_if(links, [](const Link& link) { return link.include.probe && link.targets.empty(); });
  for (auto& link : links)
    link.include.by_class =
        link.include.by_class ||
        (link.include.probe && std::ranges::all_of(link.targets, [](const Target& target) {
           return target.state == "found";
         }));
}

std::size_t starts_in(const Corpus& corpus) {
  std::size_t count = 0;
  for (const auto& unit : corpus.units) count += unit.starts.size();
  return count;
}

// The list of files that Composer's autoloader loads each time is written twice:
// autoload_static.php is what PHP reads, this what is told of.
void load_composer_files(Corpus& corpus) {
  std::vector<std::pair<std::string, std::size_t>> lists;
  for (const auto& unit : corpus.units)
    if (tree::basename(unit.path) == "autoload_real.php")
      lists.emplace_back(unit.directory + "/autoload_files.php", unit.application);
  for (const auto& [path, application] : lists)
    if (const auto end = tree::resolve(corpus.survey().tree, path); end)
      corpus.load({end.path}, application);
}

class Rounds {
 public:
  explicit Rounds(Corpus& corpus) : corpus_(corpus) {}

  Followed run() {
    bool knew_entries = false;
    for (int round = 0; round < kMostRounds; ++round) {
      begin();
      walk_calls();
      walk_files();
      find_links();
      if (!settle(round)) continue;
      if (std::exchange(knew_entries, true) || !starts_matter(definitions_)) break;
    }
    std::erase_if(links_, [](const Link& link) { return link.include.by_class; });
    UnitSet ends;
    for (std::size_t i = 0; i < files_.size(); ++i)
      if (files_[i].walk.ends) ends.insert(&corpus_.units[i]);
    return {std::move(definitions_), std::move(links_), std::move(callers_), all_calls(),
            std::move(ends)};
  }

 private:
  // Where they are they stay, for those who point to them.
  std::vector<std::vector<Arguments>> all_calls() {
    std::vector<std::vector<Arguments>> all;
    for (auto& each : calls_)
      if (!each.walk.calls.empty()) all.push_back(std::move(each.walk.calls));
    for (auto& [unit, calls] : relayed_) all.push_back(std::move(calls));
    return all;
  }

  struct Noted {
    Walk walk;
    Questions asked;
  };

  void begin() {
    load_composer_files(corpus_);
    changes_ = {};
    changes_.units = files_.size() != corpus_.units.size();
    changes_.names = definitions_.extend(corpus_);
    mark_active(corpus_, definitions_);
  }

  // A unit's own evaluator makes the answer independent of the order.
  Noted walked(const Unit& unit, const Callers* callers, const CallSites* sites) const {
    Noted fresh;
    fresh.walk = walk(Evaluator(corpus_, definitions_, callers, &fresh.asked), unit, sites);
    fresh.asked.condense();
    return fresh;
  }

  // What the calls hand over to the functions that load files.
  void walk_calls() {
    Callers callers(corpus_, definitions_);
    for (const auto& callee : callers.differences(callers_))
      changes_.callees.insert(Questions::hash_of(callee));
    const auto known = calls_.size();
    std::vector<std::optional<Noted>> fresh(corpus_.units.size());
    in_parallel(0, fresh.size(), 8, [&](std::size_t i) {
      const auto& sites = callers.sites(i);
      if (i < known && sites == callers_.sites(i) && !changes_.concern(calls_[i].asked)) return;
      if (sites.empty())
        fresh[i].emplace();
      else
        fresh[i] = walked(corpus_.units[i], nullptr, &sites);
    });
    calls_.resize(fresh.size());
    for (std::size_t i = 0; i < fresh.size(); ++i)
      if (fresh[i]) take_calls(calls_[i], *std::move(fresh[i]));
    add_calls(callers, {});
    relay(callers);
    for (const auto& constant : callers.made_otherwise(callers_))
      changes_.names.insert(Questions::hash_of(constant));
    callers_ = std::move(callers);
  }

  using Relayed = std::map<std::size_t, std::vector<Arguments>>;  // by unit

  void add_calls(Callers& callers, const Relayed& relayed) const {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const auto more = relayed.find(i);
      callers.add(more == relayed.end() ? calls_[i].walk.calls : more->second);
    }
  }

  // Calls in functions that hand on what they are given, once for each function on the way.
  void relay(Callers& callers) {
    constexpr int kMostOnTheWay = 2;
    const std::vector<std::size_t> units(callers.relays().begin(), callers.relays().end());
    Relayed relayed;
    for (int step = 0; step < kMostOnTheWay && !units.empty(); ++step) {
      std::vector<std::vector<Arguments>> fresh(units.size());
      in_parallel(0, units.size(), 4, [&](std::size_t i) {
        fresh[i] = walked(corpus_.units[units[i]], &callers, &callers.sites(units[i])).walk.calls;
      });
      for (std::size_t i = 0; i < units.size(); ++i) relayed[units[i]] = std::move(fresh[i]);
      callers.forget_calls();
      add_calls(callers, relayed);
    }
    for (const auto* all : {&relayed, &relayed_})
      for (const auto& [unit, calls] : *all) {
        const auto& others = all == &relayed ? relayed_ : relayed;
        const auto other = others.find(unit);
        if (other != others.end() && other->second == calls) continue;
        note_calls(calls);
      }
    relayed_ = std::move(relayed);
  }

  void note_calls(const std::vector<Arguments>& calls) {
    for (const auto& call : calls) changes_.callees.insert(Questions::hash_of(call.function));
  }

  void take_calls(Noted& known, Noted fresh) {
    if (known.walk.calls != fresh.walk.calls)
      for (const auto* calls : {&known.walk.calls, &fresh.walk.calls}) note_calls(*calls);
    known = std::move(fresh);
  }

  void walk_files() {
    const auto known = files_.size();
    files_.resize(corpus_.units.size());
    in_parallel(0, files_.size(), 8, [&](std::size_t i) {
      if (i >= known || changes_.concern(files_[i].asked))
        files_[i] = walked(corpus_.units[i], &callers_, nullptr);
    });
  }

  void find_links() {
    std::vector<std::pair<const Unit*, Value>> set;
    for (std::size_t i = 0; i < files_.size(); ++i)
      for (const auto& path : files_[i].walk.include_paths)
        set.emplace_back(&corpus_.units[i], path);
    paths_ = include_paths(corpus_, set);
    add_moves(Evaluator(corpus_, definitions_, &callers_), paths_);
    links_.clear();
    for (const auto& file : files_)
      for (const auto& include : file.walk.includes) links_.push_back({include, {}});
    in_parallel(0, links_.size(), 16, [&](std::size_t i) { find_targets(links_[i]); });
    for (auto& link : composer_links(corpus_, classes_)) links_.push_back(std::move(link));
    const auto loads = [](const Link& link) { return link.include.autoload; };
    if (std::ranges::any_of(links_, loads)) keep_misnamed(corpus_, links_);
  }

  void find_targets(Link& link) const {
    link.targets = targets_of(corpus_, definitions_, paths_, link.include);
  }

  // Until no entry point's directory is new, which changes where relative names are looked for.
  // Whether no file is, either.
  bool settle(int& round) {
    for (; round < kMostRounds; ++round) {
      const auto units = corpus_.units.size();
      const auto starts = starts_in(corpus_);
      for (auto& [path, application] : reach(corpus_, definitions_, links_))
        corpus_.load({std::move(path)}, application);
      if (corpus_.units.size() != units) return false;
      if (starts_in(corpus_) == starts) return true;
      bool relative = false;
      for (auto& link : links_) {
        if (std::ranges::none_of(link.targets, is_relative)) continue;
        relative = true;
        find_targets(link);
      }
      if (!relative) return true;
    }
    return true;
  }

  Corpus& corpus_;
  Definitions definitions_;
  Changes changes_;           // since the last round
  std::vector<Noted> calls_;  // by unit: to functions that load files
  Relayed relayed_;           // of them, what is known once functions hand on
  Callers callers_;
  std::vector<Noted> files_;  // by unit
  std::vector<IncludePath> paths_;
  std::vector<Link> links_;
  ClassNames classes_;
};

}  // namespace

Followed follow(Corpus& corpus) {
  return Rounds(corpus).run();
}

}  // namespace stackaudit::stack::php

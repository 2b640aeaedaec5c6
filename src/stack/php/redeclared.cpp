// Functions and classes that two files declare which one request loads: PHP ends with "Cannot
// redeclare". Told only where some file certainly leads to both.
#include "stack/php/certain_includes.hpp"
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;
constexpr std::size_t kMostAncestors = 4096;

struct Declaration {
  const Unit* unit = nullptr;
  const Symbol* symbol = nullptr;
};

// The files that certainly load a file, with the place of the include that leads there: 0 is the
// file itself.
using Ancestors = UnitMap<std::uint32_t>;

class Redeclared {
 public:
  Redeclared(CertainIncludes& certain, const std::vector<Link>& links)
      : corpus_(certain.corpus()), certain_(certain) {
    for (const auto& unit : corpus_.units)
      if (unit.text.find("include_path") != std::string_view::npos)
        searches_.insert(unit.application);
    for (const auto& link : links)
      if (const auto* to = only_target(corpus_, link); to != nullptr)
        loaders_[to].push_back(&link.include);
  }

  void judge(const std::vector<Declaration>& all, char kind) {
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = i + 1; j < all.size() && j < i + 8; ++j)
        if (told_ < kMostTold) pair(all[i], all[j], kind);
  }

  // A file that declares and that one request loads a second time, by include or require.
  void judge_twice(const Unit& unit) {
    const auto it = loaders_.find(&unit);
    const auto& names =
        unit.symbols.functions.empty() ? unit.symbols.classes : unit.symbols.functions;
    if (it == loaders_.end() || it->second.size() < 2 || names.empty()) return;
    std::vector<std::pair<const Include*, Ancestors>> all;
    for (const auto* include : it->second) {
      if (all.size() >= kMostLoads || !certain_.holds(*include)) continue;
      if (searches_.contains(include->unit->application)) return;
      auto way = ancestors(*include->unit);
      way[include->unit] = include->unit->parsed.ast[include->id].begin + 1;
      all.emplace_back(include, std::move(way));
    }
    for (const auto& [first, before] : all)
      for (const auto& [second, way] : all)
        if (first != second && !loads_once(*second) && told_ < kMostTold && is_later(before, way))
          return tell_twice(unit, *second, *first, names[0].name);
  }

 private:
  static constexpr std::size_t kMostLoads = 16;

  static bool loads_once(const Include& include) {
    return include.op == kRequireOnce || include.op == kIncludeOnce;
  }

  // Whether a file that is reached leads to the one before it leads to the other.
  static bool is_later(const Ancestors& before, const Ancestors& way) {
    return std::ranges::any_of(way, [&](const auto& at) {
      const auto other = before.find(at.first);
      return other != before.end() && at.first->reached && other->second < at.second &&
             !is_of_wordpress(*at.first, at.second);
    });
  }

  void tell_twice(const Unit& unit, const Include& second, const Include& first,
                  const std::string& name) {
    ++told_;
    const auto& survey = corpus_.survey();
    const auto place_of = [&](const Include& include) {
      const auto& node = include.unit->parsed.ast[include.id];
      return survey.place({include.unit->file, node.begin, node.end});
    };
    const auto before = place_of(first);
    auto& row = corpus_.survey().add_problem(
        place_of(second),
        {.service = "php",
         .language = "php",
         .code = "redeclared",
         .severity = "error",
         .message = "Cannot redeclare " + name + ": " + unit.path + " is loaded a second time",
         .help = "write require_once in both places"});
    Survey::relate(row, before, "it is loaded here before");
  }

  void pair(const Declaration& a, const Declaration& b, char kind) {
    if (a.unit == b.unit) {
      if (kind == kClassName && a.unit->reached) tell(b, a, kind);
      return;
    }
    const auto from_a = ancestors(*a.unit), from_b = ancestors(*b.unit);
    for (const auto& [unit, at] : from_a) {
      const auto other = from_b.find(unit);
      if (other == from_b.end() || !unit->reached || other->second == at) continue;
      if (is_of_wordpress(*unit, at) && is_of_wordpress(*unit, other->second) &&
          (a.unit->together & b.unit->together) == 0)
        continue;  // the one may have taken the place of the other
      return other->second > at ? tell(b, a, kind) : tell(a, b, kind);
    }
  }

  // Whether it is loaded there because the database says so.
  static bool is_of_wordpress(const Unit& unit, std::uint32_t at) { return at > unit.text.size(); }

  // wp-settings.php loads must-use plugins, then plugins, then the functions.php of the theme.
  void wordpress(const Unit& unit, Ancestors& found, std::deque<const Unit*>& waiting) const {
    const auto inside = unit.inside_wordpress();
    std::uint32_t order = 0;
    if (inside.starts_with("/wp-content/mu-plugins/"))
      order = std::ranges::count(inside, '/') == 3 ? 1 : 0;
    else if (unit.plugin && unit.active)
      order = 2;
    else if (unit.active && inside.starts_with("/wp-content/themes/"))
      order = inside.ends_with("/functions.php") && std::ranges::count(inside, '/') == 4 ? 3 : 0;
    const auto* settings = corpus_.find(unit.wordpress + "/wp-settings.php");
    if (unit.wordpress.empty() || order == 0 || settings == nullptr) return;
    const auto end = static_cast<std::uint32_t>(settings->text.size());
    if (found.emplace(settings, end + order).second) waiting.push_back(settings);
  }

  Ancestors ancestors(const Unit& unit) {
    Ancestors found{{&unit, 0}};
    std::deque<const Unit*> waiting{&unit};
    while (!waiting.empty() && found.size() < kMostAncestors) {
      const auto* at = waiting.front();
      waiting.pop_front();
      wordpress(*at, found, waiting);
      const auto it = loaders_.find(at);
      if (it == loaders_.end()) continue;
      for (const auto* include : it->second) {
        if (found.contains(include->unit) || !certain_.holds(*include)) continue;
        found.emplace(include->unit, include->unit->parsed.ast[include->id].begin + 1);
        waiting.push_back(include->unit);
      }
    }
    return found;
  }

  [[nodiscard]] facts::Place place(const Declaration& declared) const {
    const auto& [unit, symbol] = declared;
    return corpus_.survey().place({unit->file, symbol->begin, symbol->end});
  }

  void tell(const Declaration& second, const Declaration& first, char kind) {
    ++told_;
    const auto before = place(first);
    const auto& name = second.symbol->name;
    auto& row = corpus_.survey().add_problem(
        place(second),
        {.service = "php",
         .language = "php",
         .code = "redeclared",
         .severity = "error",
         .message =
             kind == kFunctionName
                 ? "Cannot redeclare " + name + "(), which " + before.path + " declares, too"
                 : "Cannot declare class " + name + ", which " + before.path + " declares, too",
         .help = "load one of the two, rename one, or ask whether it is there first"});
    Survey::relate(row, before, "the first declaration");
  }

  const Corpus& corpus_;
  UnitMap<std::vector<const Include*>> loaders_;
  CertainIncludes& certain_;
  std::set<std::size_t> searches_;  // applications that change where names are looked for
  std::size_t told_ = 0;
};

}  // namespace

void add_redeclared(CertainIncludes& certain, const std::vector<Link>& links) {
  const auto& corpus = certain.corpus();
  std::map<std::tuple<std::size_t, std::string_view, char, std::string_view>,
           std::vector<Declaration>>
      by_name;
  for (const auto& unit : corpus.units) {
    const auto note = [&](const std::vector<Symbol>& symbols, char kind) {
      for (const auto& symbol : symbols)
        by_name[{unit.application, unit.wordpress, kind, symbol.name}].push_back({&unit, &symbol});
    };
    note(unit.symbols.functions, kFunctionName);
    note(unit.symbols.classes, kClassName);
  }
  std::erase_if(by_name, [](const auto& entry) { return entry.second.size() < 2; });
  Redeclared redeclared(certain, links);
  for (const auto& unit : corpus.units)
    if (unit.wordpress.empty()) redeclared.judge_twice(unit);
  for (const auto& [key, all] : by_name) redeclared.judge(all, std::get<2>(key));
}

}  // namespace stackaudit::stack::php

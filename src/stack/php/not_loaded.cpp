// A page that is asked for by itself has the names of the files that it loads, under whatever
// condition, and no others: what another file of the application declares is undefined there. A
// file is no page that a name may mean which is made at run time.
#include "stack/php/not_loaded.hpp"

#include "stack/php/application_names.hpp"
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;
constexpr std::size_t kMostSteps = 200'000;  // files that are met, over all pages

struct Kind {
  char letter;
  std::string_view word;
  std::unordered_map<std::string_view, std::string_view> PhpNames::*built_in;
};
constexpr std::array<Kind, 3> kKinds{{{kFunctionName, "function ", &PhpNames::functions},
                                      {kClassName, "class ", &PhpNames::classes},
                                      {kConstantName, "constant ", &PhpNames::constants}}};

class NotLoaded {
 public:
  NotLoaded(CertainIncludes& certain, const Definitions& definitions,
            const std::vector<Link>& links)
      : certain_(certain), corpus_(certain.corpus()), links_(links_of_units(links)) {
    for (const auto* key : {"@autoload", "@eval"})
      for (const auto& each : definitions.of(key)) strange_.insert(each.unit);
    for (const auto& link : links)
      for (const auto& target : link.targets)
        if (target.state == "dynamic" && !link.undefined)
          made_.emplace(link.include.unit->application, &target.text);
    const auto broken = broken_files(corpus_);
    for (const auto& unit : corpus_.units) {
      if (broken.contains(unit.path) || unit.symbols.makes_names) strange_.insert(&unit);
      for (const auto& symbol : unit.symbols.functions)
        declared_.emplace(hash_of(kFunctionName, symbol.name), &unit);
      for (const auto& symbol : unit.symbols.classes)
        declared_.emplace(hash_of(kClassName, symbol.name), &unit);
    }
    for (const auto& [name, list] : definitions.constants())
      declared_.emplace(hash_of(kConstantName, name), list->front().unit);
  }

  void run() {
    for (const auto& unit : corpus_.units)
      if (is_asked_for(unit) && follow(unit))
        for (const auto* each : with_certainly_loaded(certain_, links_, {&unit})) judge(*each);
  }

 private:
  // One that requests are for, and that loads others.
  [[nodiscard]] bool is_asked_for(const Unit& unit) const {
    const auto& application = corpus_.applications[unit.application];
    return application.served && application.version != 0 && !application.sapis.empty() &&
           unit.path.starts_with(application.root + "/") && unit.reached &&
           unit.reached->run == nullptr && is_page(unit) && !is_library(unit) &&
           links_.contains(&unit) && !unit.cut_short && !may_be_loaded(unit);
  }

  [[nodiscard]] bool may_be_loaded(const Unit& unit) const {
    const auto [begin, end] = made_.equal_range(unit.application);
    return std::any_of(begin, end,
                       [&](const auto& name) { return may_be(name.second->value, unit.path); });
  }

  // Whether a name that is not all known may be this one.
  static bool may_be(std::string_view name, std::string_view path) {
    const auto known = name.substr(0, name.find(kHole));
    auto end = name.substr(name.rfind(kHole) + 1);
    while (end.starts_with("/..")) end.remove_prefix(3);
    return path.ends_with(end) &&
           (!known.starts_with('/') ||
            path.starts_with(tree::normalize(known.substr(0, known.rfind('/') + 1))));
  }

  // What the page may load; false where some of it is not known.
  bool follow(const Unit& page) {
    loaded_ = {&page};
    std::vector<const Unit*> waiting{&page};
    while (!waiting.empty()) {
      const auto* unit = waiting.back();
      waiting.pop_back();
      if (strange_.contains(unit) || ++steps_ > kMostSteps) return false;
      const auto it = links_.find(unit);
      if (it == links_.end()) continue;
      for (const auto* link : it->second) {
        if (is_open(*link)) return false;
        for (const auto& target : link->targets) {
          const auto* to = target.state == "found" ? corpus_.find(target.canonical) : nullptr;
          if (target.state == "found" && to == nullptr) return false;
          if (to != nullptr && loaded_.insert(to).second) waiting.push_back(to);
        }
      }
    }
    return true;
  }

  [[nodiscard]] bool has(NameHash name, const std::string& asked) const {
    return std::ranges::any_of(loaded_, [&](const Unit* unit) {
      return std::ranges::binary_search(unit->symbols.declared, name) ||
             std::ranges::binary_search(unit->symbols.asked, hash_of(kAskedName, asked));
    });
  }

  void judge(const Unit& unit) {
    const auto strange = [&](NameHash name) { return declared_.contains(name); };
    if (is_library(unit) || unit.symbols.imports_functions ||
        (std::ranges::none_of(unit.symbols.called, strange) &&
         std::ranges::none_of(unit.symbols.made, strange) &&
         std::ranges::none_of(unit.symbols.constants, strange)))
      return;
    if (!barriers(unit.parsed.ast, unit.text).empty()) return;
    const Names names(unit.parsed.ast, unit.text);
    for (const auto& use : uses_of(unit.parsed.ast, unit.text)) {
      const auto kind = std::ranges::find(kKinds, use.kind, &Kind::letter);
      if (!use.certain || kind == kKinds.end() || told_ >= kMostTold) continue;
      const bool constant = use.kind == kConstantName;
      const auto& node = unit.parsed.ast[use.id];
      const auto written = Corpus::slice(unit, node);
      const auto whole = use.kind == kClassName ? names.whole(written) : std::string(written);
      const auto name = constant ? whole : text::lower(whole);
      // declared_ has what stands in no namespace.
      if (name.empty() || name.find('\\') != std::string::npos || is_relative(name)) continue;
      const auto hash = hash_of(use.kind, name);
      const auto where = declared_.find(hash);
      if (where == declared_.end() ||
          (constant && where->second->application != unit.application) ||
          (corpus_.names.*kind->built_in).contains(name) || has(hash, name) ||
          !done_.emplace(&unit, use.id).second)
        continue;
      ++told_;
      tell_undefined(corpus_, {unit.file, node.begin, node.end}, true,
                     "undefined " + std::string(kind->word) + whole +
                         (use.kind == kFunctionName ? "()" : "") + ": " + where->second->path +
                         " declares it, which is not loaded here",
                     "load " + where->second->path + " before");
    }
  }

  CertainIncludes& certain_;
  const Corpus& corpus_;
  LinksOf links_;
  std::unordered_map<NameHash, const Unit*> declared_;
  // By the application, names of files that are known only at run time.
  std::unordered_multimap<std::size_t, const Text*> made_;
  std::unordered_set<const Unit*> strange_;  // of what they bring not all was seen
  std::unordered_set<const Unit*> loaded_;
  std::set<std::pair<const Unit*, NodeId>> done_;
  std::size_t steps_ = 0, told_ = 0;
};

}  // namespace

void add_not_loaded(CertainIncludes& certain, const Definitions& definitions,
                    const std::vector<Link>& links) {
  const auto& rows = certain.corpus().survey().facts.rows<facts::Reference>();
  // Whose names every page has.
  const auto is_before = [](const facts::Reference& row) {
    return row.kind == "auto_prepend_file" || row.kind == "preload";
  };
  if (std::ranges::any_of(rows, is_before)) return;
  NotLoaded(certain, definitions, links).run();
}

}  // namespace stackaudit::stack::php

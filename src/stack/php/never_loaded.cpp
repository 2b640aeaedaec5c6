// A plugin that was given a new class has its file, and uses it from the function of a hook; the
// line that loads the file was forgotten.
#include "stack/php/never_loaded.hpp"

#include "stack/php/application_names.hpp"
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kMostTold = 20;

class NeverLoaded {
 public:
  NeverLoaded(const Corpus& corpus, const Definitions& definitions, const std::vector<Link>& links)
      : corpus_(corpus) {
    for (const auto* key : {"@autoload", "@eval"})
      for (const auto& each : definitions.of(key)) open_.insert(each.unit->path);
    for (const auto& link : links)
      if (is_open(link)) open_.insert(link.include.unit->path);
    for (const auto& unit : corpus.units) {
      if (unit.symbols.makes_names) open_.insert(unit.path);
      for (const auto name : unit.symbols.declared) {
        const auto [it, fresh] = declared_.emplace(name, &unit);
        if (!fresh && it->second != &unit) it->second = nullptr;
      }
    }
  }

  void run() {
    for (const auto& unit : corpus_.units)
      if (!unit.wordpress.empty() && !unit.part.empty() && unit.reached && !unit.inactive &&
          !is_library(unit) && !unit.symbols.imports_functions && uses_any(unit) &&
          is_closed(unit.part))
        judge(unit);
  }

 private:
  // The file of the same plugin or theme that alone declares the name, and that nothing loads.
  [[nodiscard]] const Unit* only_in(const Unit& unit, NameHash name) const {
    const auto it = declared_.find(name);
    const auto* file = it == declared_.end() ? nullptr : it->second;
    const bool found = file != nullptr && file != &unit && file->part == unit.part &&
                       file->loaders == 0 && !file->plugin && !file->specimen;
    return found ? file : nullptr;
  }

  [[nodiscard]] bool uses_any(const Unit& unit) const {
    const auto is_lost = [&](NameHash name) { return only_in(unit, name) != nullptr; };
    return std::ranges::any_of(unit.symbols.called, is_lost) ||
           std::ranges::any_of(unit.symbols.made, is_lost);
  }

  [[nodiscard]] bool is_closed(std::string_view part) {
    const auto [it, fresh] = closed_.try_emplace(part, true);
    if (fresh)
      it->second = std::ranges::none_of(
          open_, [&](std::string_view path) { return tree::is_within(path, part); });
    return it->second;
  }

  void judge(const Unit& unit) {
    const Names names(unit.parsed.ast, unit.text);
    std::set<std::string> done;
    for (const auto& use : uses_of(unit.parsed.ast, unit.text)) {
      const bool of_class = use.kind == kClassName;
      if (use.conditional || (!of_class && use.kind != kFunctionName)) continue;
      const auto& node = unit.parsed.ast[use.id];
      const auto whole = of_class ? names.whole(Corpus::slice(unit, node))
                                  : std::string(Corpus::slice(unit, node));
      const auto name = text::lower(base_name(whole));
      const auto* file = only_in(unit, hash_of(use.kind, name));
      const auto& built_in = of_class ? corpus_.names.classes : corpus_.names.functions;
      if (file == nullptr || is_relative(name) || built_in.contains(name) ||
          std::ranges::binary_search(unit.symbols.asked, hash_of(kAskedName, name)) ||
          !done.insert(name).second || ++told_ > kMostTold)
        continue;
      tell_undefined(corpus_, {unit.file, node.begin, node.end}, false,
                     "undefined " + std::string(of_class ? "class " : "function ") + whole +
                         (of_class ? "" : "()") + ": only " + file->path +
                         " declares it, which nothing loads",
                     "load " + file->path + " before");
    }
  }

  const Corpus& corpus_;
  std::set<std::string_view> open_;  // files that may load others which are not known
  std::map<std::string_view, bool> closed_;
  std::unordered_map<NameHash, const Unit*> declared_;  // nullptr: by several files
  std::size_t told_ = 0;
};

}  // namespace

void add_never_loaded(const Corpus& corpus, const Definitions& definitions,
                      const std::vector<Link>& links) {
  NeverLoaded(corpus, definitions, links).run();
}

}  // namespace stackaudit::stack::php

// PHP declares a class whose parent it does not know when the line is reached: the parent must be
// there by then.
#include "stack/php/load_order.hpp"

#include "stack/php/definitions.hpp"
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

struct Loaded {
  std::uint32_t at = 0;  // of the include, in the file that loads
  const Unit* unit = nullptr;
};

class LoadOrder {
 public:
  LoadOrder(CertainIncludes& certain, const Definitions& definitions,
            const std::vector<Link>& links)
      : corpus_(certain.corpus()), definitions_(definitions) {
    for (const auto& link : links) {
      for (const auto& target : link.targets)
        if (const auto* unit = corpus_.find(target.canonical)) ++loads_[unit];
      const auto* unit = link.include.unit;
      const auto* only = only_target(corpus_, link);
      if (only != nullptr && certain.holds(link.include))
        in_order_[unit].push_back({unit->parsed.ast[link.include.id].begin, only});
    }
    for (const auto& unit : corpus_.units)
      for (const auto& type : unit.symbols.types) {
        const auto [it, fresh] = declared_.emplace(type.name, &unit);
        if (!fresh && it->second != &unit) it->second = nullptr;
      }
  }

  void run() {
    for (auto& [unit, loaded] : in_order_) {
      if (loaded.size() < 2 || !unit->reached || unit->inactive || is_library(*unit) ||
          has_autoloader(*unit))
        continue;
      std::ranges::sort(loaded, {}, &Loaded::at);
      for (std::size_t i = 0; i + 1 < loaded.size(); ++i)
        judge(*loaded[i].unit, {loaded.begin() + static_cast<std::ptrdiff_t>(i) + 1, loaded.end()});
    }
  }

 private:
  void judge(const Unit& unit, const std::vector<Loaded>& later) {
    if (loads_[&unit] != 1) return;
    for (const auto& type : unit.symbols.types)
      for (const auto& base : type.bases) {
        const auto it = declared_.find(base.name);
        if (!type.top_level || it == declared_.end() || it->second == nullptr ||
            loads_[it->second] != 1 || asks(unit, base.name) ||
            std::ranges::find(later, it->second, &Loaded::unit) == later.end())
          continue;
        const auto words = unit.text.substr(base.begin, base.end - base.begin);
        tell_undefined(corpus_, {unit.file, base.begin, base.end}, true,
                       "undefined class " + Names(unit.parsed.ast, unit.text).whole(words) + ": " +
                           it->second->path + " declares it, which is loaded afterwards",
                       "load " + it->second->path + " before " + unit.path);
      }
  }

  static bool asks(const Unit& unit, const std::string& name) {
    return std::ranges::binary_search(unit.symbols.asked, hash_of(kAskedName, base_name(name)));
  }

  // Of the application, or in the directory of the plugin or theme.
  [[nodiscard]] bool has_autoloader(const Unit& unit) const {
    return std::ranges::any_of(definitions_.of("@autoload"), [&](const Definition& each) {
      return each.unit->application == unit.application &&
             (unit.wordpress.empty() || tree::is_within(each.unit->path, unit.directory));
    });
  }

  const Corpus& corpus_;
  const Definitions& definitions_;
  UnitMap<std::size_t> loads_;
  UnitMap<std::vector<Loaded>> in_order_;
  std::unordered_map<std::string, const Unit*> declared_;  // nullptr: in several files
};

}  // namespace

void add_load_order(CertainIncludes& certain, const Definitions& definitions,
                    const std::vector<Link>& links) {
  LoadOrder(certain, definitions, links).run();
}

}  // namespace stackaudit::stack::php

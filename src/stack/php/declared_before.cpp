// Names that are taken before a file declares them: by PHP itself, or by WordPress.
#include "stack/php/loaded_extensions.hpp"
#include "stack/php/rows.hpp"

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;

// Of which version data/php-names.tsv tells the names.
constexpr int kNamesOf = 802;

class DeclaredBefore {
 public:
  DeclaredBefore(const Corpus& corpus, const Application& application, const Front& front,
                 const UnitSet& run)
      : corpus_(corpus),
        application_(application),
        front_(front),
        run_(run),
        front_names_(corpus, front),
        extensions_(corpus, application) {}

  // A function of wp-includes/pluggable.php in a theme: plugins alone come before it.
  void by_wordpress(const Unit& unit) {
    for (const auto& symbol : unit.symbols.functions) {
      if (!front_names_.declares_again(unit, hash_of(kFunctionName, symbol.name))) continue;
      corpus_.survey().add_problem(corpus_.survey().place({unit.file, symbol.begin, symbol.end}),
                                   {.service = "php",
                                    .language = "php",
                                    .code = "redeclared",
                                    .severity = "error",
                                    .message = "Cannot redeclare " + symbol.name +
                                               "(), which wp-includes/pluggable.php declares "
                                               "before the theme is loaded",
                                    .help = "declare it in a plugin, which is loaded before"});
    }
  }

  // What PHP itself declares: a polyfill of an older PHP that does not ask.
  void by_php(const Unit& unit) {
    if (!extensions_.known() || application_.version < kNamesOf ||
        (!run_.contains(&unit) && !front_.units.contains(&unit)))
      return;
    const auto own = [&](const auto& known, const Symbol& symbol) {
      const auto it = known.find(symbol.name);
      return it != known.end() && !corpus_.names.since.contains(symbol.name) &&
             !application_.disabled_functions.contains(symbol.name) &&
             extensions_.is_everywhere(it->second);
    };
    const auto tell = [&](const Symbol& symbol, const std::string& said) {
      if (told_++ >= kMostTold) return;
      corpus_.survey().add_problem(corpus_.survey().place({unit.file, symbol.begin, symbol.end}),
                                   {.service = "php",
                                    .language = "php",
                                    .code = "redeclared",
                                    .severity = "error",
                                    .message = said + ", which PHP itself has",
                                    .help = "take it out, or ask first whether it is there"});
    };
    for (const auto& symbol : unit.symbols.functions)
      if (own(corpus_.names.functions, symbol))
        tell(symbol, "Cannot redeclare " + symbol.name + "()");
    for (const auto& symbol : unit.symbols.classes)
      if (own(corpus_.names.classes, symbol)) tell(symbol, "Cannot declare class " + symbol.name);
  }

 private:
  const Corpus& corpus_;
  const Application& application_;
  const Front& front_;
  const UnitSet& run_;
  FrontNames front_names_;
  LoadedExtensions extensions_;
  std::size_t told_ = 0;
};

}  // namespace

void add_declared_before(const Corpus& corpus, const std::vector<Closed>& closed,
                         const UnitSet& run) {
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    DeclaredBefore declared(corpus, corpus.applications[i], closed[i].front, run);
    for (const auto& unit : corpus.units) {
      if (unit.application != i || !unit.reached || unit.inactive || is_library(unit)) continue;
      declared.by_wordpress(unit);
      declared.by_php(unit);
    }
  }
}

}  // namespace stackaudit::stack::php

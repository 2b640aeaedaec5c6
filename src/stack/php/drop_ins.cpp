// wp-content/object-cache.php takes the place of wp-includes/cache.php where it declares
// wp_cache_init(): what it then lacks of those functions is undefined.
#include "stack/php/rows.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

// Called for every page; WordPress 6.1.
constexpr std::array<std::string_view, 5> kOfEveryPage{"wp_cache_add", "wp_cache_delete",
                                                       "wp_cache_get", "wp_cache_set",
                                                       "wp_cache_add_non_persistent_groups"};

bool declares(const Unit* unit, std::string_view function) {
  return unit != nullptr &&
         std::ranges::binary_search(unit->symbols.declared, hash_of(kFunctionName, function));
}

// Whether WordPress calls the function, and asks nowhere whether it is there.
bool is_called(const Corpus& corpus, const std::string& root, std::string_view function) {
  bool called = false;
  for (const auto& unit : corpus.units) {
    if (unit.wordpress != root || !is_library(unit)) continue;
    if (std::ranges::binary_search(unit.symbols.asked, hash_of(kAskedName, function))) return false;
    called =
        called || std::ranges::binary_search(unit.symbols.called, hash_of(kFunctionName, function));
  }
  return called;
}

void judge(const Corpus& corpus, const std::string& root) {
  const auto* own = corpus.find(root + "/wp-content/object-cache.php");
  const auto* core = corpus.find(root + "/wp-includes/cache.php");
  const auto* late = corpus.find(root + "/wp-includes/cache-compat.php");
  const auto starts = [](const Symbol& symbol) { return symbol.name == "wp_cache_init"; };
  if (own == nullptr || core == nullptr || own->parsed.includes || !own->reached ||
      !own->parsed.problems.empty())
    return;
  const auto start = std::ranges::find_if(own->symbols.functions, starts);
  if (start == own->symbols.functions.end()) return;
  for (const auto& symbol : core->symbols.functions) {
    const bool after_groups = symbol.name == "wp_cache_add_non_persistent_groups";
    if (declares(own, symbol.name) || declares(late, symbol.name) ||
        (after_groups && !declares(own, "wp_cache_add_global_groups")) ||
        !is_called(corpus, root, symbol.name))
      continue;
    tell_undefined(corpus, {own->file, start->begin, start->end},
                   text::is_one_of(symbol.name, kOfEveryPage),
                   "undefined function " + symbol.name + "(): " + own->path +
                       " takes the place of " + core->path + " and does not declare it",
                   "bring the drop-in up to date, or take it away");
  }
}

}  // namespace

void add_drop_ins(const Corpus& corpus) {
  for (const auto& root : corpus.wordpress_roots) judge(corpus, root);
}

}  // namespace stackaudit::stack::php

// Which files of a theme WordPress shows pages with, of itself: plugins bring others of their own.
// The hierarchy is that of wp-includes/template.php, 6.1.
#include "stack/php/front.hpp"
#include "syntax/php/php.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr auto kHierarchy = std::to_array<std::string_view>(
    {"404.php",        "archive.php", "attachment.php", "author.php",     "category.php",
     "comments.php",   "date.php",    "footer.php",     "front-page.php", "functions.php",
     "header.php",     "home.php",    "index.php",      "page.php",       "search.php",
     "searchform.php", "sidebar.php", "single.php",     "singular.php",   "tag.php",
     "taxonomy.php"});

// Of an active theme; empty for other files.
std::string active_theme(const Unit& unit) {
  return unit.wordpress.empty() || !unit.active ? std::string{} : theme_of(unit);
}

// The file's name inside of the theme, "parts/menu.php".
std::string_view inside(const Unit& unit, const std::string& theme) {
  return std::string_view(unit.path).substr(theme.size() + 1);
}

// The first arguments of get_template_part() that are written out.
std::vector<std::string> parts_of(const Unit& unit) {
  std::vector<std::string> found;
  const auto& ast = unit.parsed.ast;
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::call || Corpus::slice(unit, ast[node.first]) != "get_template_part")
      continue;
    const auto given = ast[ast[node.first].next].first;
    if (given != 0 && ast[given].kind == NodeKind::string)
      found.push_back(unquote(Corpus::slice(unit, ast[given])));
  }
  return found;
}

}  // namespace

UnitSet templates_of(const Corpus& corpus, std::size_t application) {
  UnitSet all;
  std::deque<const Unit*> waiting;
  std::map<std::string, std::vector<const Unit*>> themes;
  for (const auto& unit : corpus.units) {
    const auto theme = unit.application == application ? active_theme(unit) : std::string{};
    if (theme.empty()) continue;
    themes[theme].push_back(&unit);
    const bool known = std::ranges::find(kHierarchy, inside(unit, theme)) != kHierarchy.end();
    if (known && all.insert(&unit).second) waiting.push_back(&unit);
  }
  for (; !waiting.empty(); waiting.pop_front()) {
    const auto theme = theme_of(*waiting.front());
    for (const auto& part : parts_of(*waiting.front()))
      for (const auto* unit : themes[theme]) {
        const auto rest = inside(*unit, theme);
        const bool named = rest.starts_with(part) && (rest.substr(part.size()) == ".php" ||
                                                      rest.substr(part.size()).starts_with('-'));
        if (named && all.insert(unit).second) waiting.push_back(unit);
      }
  }
  return all;
}

}  // namespace stackaudit::stack::php

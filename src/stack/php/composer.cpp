// vendor/composer/autoload_files.php and autoload_classmap.php: what their lists name. PHP itself
// takes the same lists from autoload_static.php, which Composer writes along with them.
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

struct List {
  std::string_view name, kind, effect;
};
// Files are loaded by every request, classes when they are needed.
constexpr List kLists[]{
    {"autoload_files.php", "require", "HTTP 500"},
    {"autoload_classmap.php", "autoload", "HTTP 500 where the class is needed"}};

void add_missing(const Corpus& corpus, const Unit& unit, const List& list, const Item& item) {
  const auto* path = item.value.single();
  const auto& survey = corpus.survey();
  if (path == nullptr || !path->starts_with('/') || item.value.texts[0].pieces.empty()) return;
  const auto state = survey.state_of(*path, "file");
  if (state != "missing" && state != "dangling") return;
  facts::Reference row;
  static_cast<facts::Place&>(row) = survey.place(item.value.texts[0].pieces.back().span);
  row.service = "php";
  row.kind = list.kind;
  row.as_written = item.key.find(kHole) == std::string::npos ? item.key : tree::basename(*path);
  row.resolved = tree::normalize(*path);
  row.state = state;
  row.required = row.kind == "require";
  row.wanted = "file";
  row.call = "openat";
  row.effect = list.effect;
  row.process = "php";
  row.reached_from = unit.reached ? unit.reached->entry : "";
  const auto& actors = corpus.applications[unit.application].actors;
  if (!actors.empty()) {
    row.process = actors[0].process;
    row.user = actors[0].who.name;
  }
  corpus.survey().facts.add(std::move(row));
}

}  // namespace

void add_composer_maps(const Corpus& corpus, const Evaluator& evaluator) {
  for (const auto& unit : corpus.units) {
    if (unit.file == text::FileId::none || tree::basename(unit.directory) != "composer") continue;
    for (const auto& list : kLists) {
      if (tree::basename(unit.path) != list.name) continue;
      const auto& ast = unit.parsed.ast;
      const auto last = ast.last_child(ast.root);
      if (last == 0 || ast[last].kind != NodeKind::return_) continue;
      Scope scope;
      scope.unit = &unit;
      scope.outermost = true;
      // Item by item: such a list may name very many classes.
      const auto array = ast[last].first;
      if (ast[array].kind != NodeKind::array) continue;
      for (auto at = ast[array].first; at != 0; at = ast[at].next) {
        const auto first = ast[at].first, second = first == 0 ? 0 : ast[first].next;
        if (second == 0) continue;
        const auto key = evaluator.value(scope, first);
        add_missing(corpus, unit, list,
                    {key.single() != nullptr ? *key.single() : std::string(1, kHole),
                     evaluator.value(scope, second)});
      }
    }
  }
}

}  // namespace stackaudit::stack::php

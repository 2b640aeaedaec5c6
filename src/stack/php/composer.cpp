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

// From where PHP comes to the list, or to the other one that has the same. Classes of a whole
// directory that is not there were left out on purpose: tests, tools.
std::string way_to(const Corpus& corpus, const Unit& unit, const facts::Reference& row) {
  if (unit.reached) return unit.reached->entry;
  const auto* loader = corpus.find(unit.directory + "/autoload_real.php");
  if (loader == nullptr || !loader->reached) return {};
  const auto directory = tree::dirname(row.resolved);
  const bool meant = row.required || corpus.survey().state_of(directory, "directory") == "found";
  return meant ? loader->reached->entry : std::string();
}

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
  row.reached_from = way_to(corpus, unit, row);
  const auto& actors = corpus.applications[unit.application].actors;
  if (!actors.empty()) {
    row.process = actors[0].process;
    row.user = actors[0].who.name;
  }
  corpus.survey().facts.add(std::move(row));
}

// Item by item: such a list may name very many classes.
void judge(const Corpus& corpus, const Evaluator& evaluator, const Unit& unit, const List& list,
           NodeId array) {
  const auto& ast = unit.parsed.ast;
  if (ast[array].kind != NodeKind::array) return;
  Scope scope;
  scope.unit = &unit;
  scope.outermost = true;
  for (auto at = ast[array].first; at != 0; at = ast[at].next) {
    const auto first = ast[at].first, second = first == 0 ? 0 : ast[first].next;
    if (second == 0) continue;
    const auto key = evaluator.value(scope, first);
    add_missing(corpus, unit, list,
                {key.single() != nullptr ? *key.single() : std::string(1, kHole),
                 evaluator.value(scope, second)});
  }
}

// The files that PHP loads are those of autoload_static.php, where it is there.
bool stands_for_lists(const Unit& unit) {
  return unit.reached && tree::basename(unit.path) == "autoload_static.php";
}

bool is_stood_for(const Corpus& corpus, const Unit& unit) {
  const auto* other = corpus.find(unit.directory + "/autoload_static.php");
  return other != nullptr && stands_for_lists(*other);
}

// public static $files = array('0e6d...' => __DIR__ . '/..' . '/symfony/polyfill/bootstrap.php');
void judge_static(const Corpus& corpus, const Evaluator& evaluator, const Unit& unit) {
  const auto& ast = unit.parsed.ast;
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::property_declaration) continue;
    for (auto item = node.first; item != 0; item = ast[item].next)
      if (ast[item].kind == NodeKind::assign &&
          Corpus::slice(unit, ast[ast[item].first]) == "$files")
        judge(corpus, evaluator, unit, kLists[0], ast[ast[item].first].next);
  }
}

}  // namespace

void add_composer_maps(const Corpus& corpus, const Evaluator& evaluator) {
  for (const auto& unit : corpus.units) {
    if (tree::basename(unit.directory) != "composer") continue;
    if (stands_for_lists(unit)) judge_static(corpus, evaluator, unit);
    for (const auto& list : kLists) {
      if (tree::basename(unit.path) != list.name) continue;
      if (&list == kLists && is_stood_for(corpus, unit)) continue;
      const auto& ast = unit.parsed.ast;
      const auto last = ast.last_child(ast.root);
      if (last != 0 && ast[last].kind == NodeKind::return_)
        judge(corpus, evaluator, unit, list, ast[last].first);
    }
  }
}

}  // namespace stackaudit::stack::php

// What conditions ask of functions, constants and types: whether the program, or PHP, has them.
#include "stack/php/conditions.hpp"
#include "stack/php/rows.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Parts of PHP that no build leaves out.
constexpr std::array<std::string_view, 2> kAlways{"core", "standard"};

constexpr auto kOfTypes = std::to_array<std::string_view>(
    {"is_singular", "is_post_type_archive", "post_type_exists", "is_tax", "taxonomy_exists"});
constexpr auto kOfCore = std::to_array<std::string_view>(
    {"post", "page", "attachment", "category", "post_tag", "post_format", "nav_menu"});

// Of a file with more, what it has loaded is not asked: each question would go through all of them.
constexpr std::size_t kMostIncludes = 64;

constexpr int kNamed = 802;  // the version whose names are known

// Whether the name, which may begin anywhere, leads to the file.
bool may_be(const std::string& name, const std::string& path) {
  const auto whole = tree::normalize(name.starts_with('/') ? name : "/" + name);
  return name.starts_with('/') ? whole == path : whole.size() > 1 && path.ends_with(whole);
}

}  // namespace

// function f() { return (bool) apply_filters('x', false); } of the program: what WordPress asks in
// such functions, wp_doing_ajax(), is so for some requests.
Condition Evaluator::answered(const Scope& scope, NodeId call, const std::string& name) const {
  const auto found = meant(name + "()", *scope.unit);
  if (found.size() != 1 || scope.depth > kDeepestCall || is_library(*found[0].unit)) return {};
  const auto& ast = found[0].unit->parsed.ast;
  if (ast[found[0].value].kind != NodeKind::function) return {};
  Scope inner;
  inner.unit = found[0].unit;
  inner.depth = scope.depth + 8;
  const auto only = ast[body_of(ast, found[0].value)].first;
  if (only == 0 || ast[only].kind != NodeKind::return_ || ast[only].next != 0) return {};
  std::vector<Value> given;
  for (const auto argument : arguments(*scope.unit, call)) given.push_back(value(scope, argument));
  bind(inner, found[0].value, given);
  const auto told = condition(inner, ast[only].first);
  return {Truth::unknown, told.alternative || told.truth == Truth::no};
}

// $requirements->met(), of the only class with such a method, and one that does little else than
// ask for versions and extensions.
bool Evaluator::tells_of_platform(const Scope& scope, NodeId call) const {
  constexpr std::size_t kLongest = 8192;
  constexpr std::array<std::string_view, 3> kPlatform{"version_compare", "extension_loaded",
                                                      "PHP_VERSION"};
  const auto& written = scope.unit->parsed.ast;
  const auto word = written[written[call].first].next;
  if (written[word].kind != NodeKind::member) return false;
  const auto& known = definitions_of(lower(source(*scope.unit, word)) + "()");
  if (known.size() != 1) return false;
  const auto& unit = *known[0].unit;
  const auto& method = unit.parsed.ast[known[0].value];
  // From the class's first word to the next one's.
  std::size_t begin = unit.text.size(), end = unit.text.size();
  for (const auto& type : unit.symbols.types)
    if (type.begin <= method.begin)
      begin = type.begin;
    else if (type.begin < end)
      end = type.begin;
  return begin < end && end - begin <= kLongest &&
         text::contains_any(unit.text.substr(begin, end - begin), kPlatform);
}

// Whether the constant is there whatever happens: the file itself defines it further up, or it lies
// outside of the document root and a file below, which requests run, defines it for what it loads.
bool Evaluator::is_defined_before(const Scope& scope, NodeId call,
                                  const std::string& constant) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto& application = corpus_.applications[scope.unit->application];
  const bool asked_for =
      !application.served || scope.unit->path.starts_with(application.root + "/");
  return std::ranges::any_of(definitions_of(constant), [&](const Definition& each) {
    if (each.inside || each.conditional || each.fallback) return false;
    if (each.unit == scope.unit) return ast[each.name].end < ast[call].begin;
    return !asked_for && each.unit->application == scope.unit->application &&
           each.unit->path.starts_with(application.root + "/");
  });
}

// Whether an include leads to the file, itself or by what that loads in turn.
bool Evaluator::loads(const Scope& scope, NodeId include, const Unit& wanted, int steps) const {
  const auto named = value(scope, scope.unit->parsed.ast[include].first);
  if (named.single() == nullptr) return false;
  if (may_be(*named.single(), wanted.path)) return true;
  note_units();
  const auto* next =
      corpus_.find(tree::normalize(tree::join(scope.unit->directory, *named.single())));
  if (next == nullptr || next == scope.unit || steps == 0) return false;
  Scope inner;
  inner.unit = next;
  inner.outermost = true;
  inner.depth = scope.depth + 8;
  const auto& includes = next->symbols.includes;
  return includes.size() <= kMostIncludes &&
         std::ranges::any_of(includes, [&](const IncludeAt& at) {
           return !at.inside && loads(inner, at.id, wanted, steps - 1);
         });
}

// Whether a file that is loaded further up defines the constant; one that a condition loads may.
Condition Evaluator::is_loaded_before(const Scope& scope, NodeId call,
                                      const std::string& constant) const {
  constexpr int kMostSteps = 2;
  const auto& ast = scope.unit->parsed.ast;
  const auto& includes = scope.unit->symbols.includes;
  Condition told;
  if (scope.depth > kDeepestCall || includes.size() > kMostIncludes) return told;
  for (const auto& each : definitions_of(constant)) {
    if (each.inside || each.conditional || each.fallback || each.unit == scope.unit ||
        each.unit->application != scope.unit->application)
      continue;
    for (const auto& [at, inside] : includes) {
      if (ast[at].end > ast[call].begin || !loads(scope, at, *each.unit, kMostSteps)) continue;
      if (!inside) return {Truth::yes, false};
      told.alternative = true;
    }
  }
  return told;
}

// Whether PHP itself has the function, whatever extensions are loaded.
bool Evaluator::brings(const Scope& scope, NodeId call) const {
  const auto& application = corpus_.applications[scope.unit->application];
  const auto given = arguments(*scope.unit, call);
  if (given.size() != 1 || application.version < kNamed) return false;
  const auto asked = value(scope, given[0]);
  if (asked.single() == nullptr) return false;
  const auto name = lower(*asked.single());
  const auto it = corpus_.names.functions.find(name);
  return it != corpus_.names.functions.end() &&
         std::ranges::find(kAlways, it->second) != kAlways.end() &&
         !application.disabled_functions.contains(name);
}

// "if (!function_exists('f')) { function f() ... }": nothing else of the application declares it,
// so that it is not there yet. What no condition stands around is there from the first line on.
bool Evaluator::declares_later(const Scope& scope, NodeId call, const std::string& name) const {
  const auto given = arguments(*scope.unit, call);
  if (given.empty() || scope.unit->parsed.ast[given[0]].kind != NodeKind::string) return false;
  const auto asked = lower(base_name(unquote(source(*scope.unit, given[0]))));
  const bool function = name == "function_exists";
  if (function ? corpus_.names.functions.contains(asked) : corpus_.names.classes.contains(asked))
    return false;
  const Definition* only = nullptr;
  for (const auto& each : definitions_of(function ? asked + "()" : "@class " + asked)) {
    const auto kind = each.unit->parsed.ast[each.value].kind;
    if (each.unit->application != scope.unit->application || kind == NodeKind::method) continue;
    if (only != nullptr) return false;
    only = &each;
  }
  if (only == nullptr || only->unit != scope.unit) return false;
  const auto& ast = scope.unit->parsed.ast;
  if (ast[call].end > ast[only->value].begin) return false;
  // What holds a node stands behind it.
  for (auto at = only->value + 1; at < ast.nodes.size(); ++at)
    if (ast[at].kind == NodeKind::if_ && ast[at].begin <= ast[call].begin) return true;
  return false;
}

// Whether PHP itself has the constant, whatever extensions are loaded.
bool Evaluator::brings_constant(const std::string& constant) const {
  const auto it = corpus_.names.constants.find(constant);
  return it != corpus_.names.constants.end() &&
         std::ranges::find(kAlways, it->second) != kAlways.end();
}

// !empty($CFG->profiling), where no code here sets that of the settings which it makes, and
// isset($GLOBALS['x']) likewise.
bool Evaluator::asks_unset(const Scope& scope, NodeId test) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto asked = ast[test].first;
  if (asked == 0 || ast[asked].next != 0) return false;
  if (ast[asked].kind == NodeKind::index && source(*scope.unit, ast[asked].first) == "$GLOBALS") {
    const auto key = value(scope, ast[ast[asked].first].next);
    return key.single() != nullptr && definitions_of("$" + *key.single()).empty();
  }
  if (ast[asked].kind == NodeKind::variable)
    return scope.outermost && definitions_of(source(*scope.unit, asked)).empty();
  if (ast[asked].kind != NodeKind::property) return false;
  const auto object = ast[asked].first;
  if (ast[object].kind != NodeKind::variable || source(*scope.unit, object) == "$this")
    return false;
  const auto made = [](const Definition& each) {
    return each.value != 0 && each.unit->parsed.ast[each.value].kind == NodeKind::new_object;
  };
  const auto name = std::string(source(*scope.unit, ast[object].next));
  const auto sets = [&](const Definition& each) {
    return each.unit->application == scope.unit->application;
  };
  return std::ranges::any_of(definitions_of(source(*scope.unit, object)), made) &&
         std::ranges::none_of(definitions_of(source(*scope.unit, asked)), sets) &&
         std::ranges::none_of(definitions_of("->" + name), sets);
}

// $module->enabled of a list of objects that is known.
std::optional<Value> Evaluator::object_item(const Scope& scope, NodeId property) const {
  const auto& ast = scope.unit->parsed.ast;
  if (ast[property].kind != NodeKind::property) return std::nullopt;
  const auto object = ast[property].first;
  if (ast[object].kind != NodeKind::variable) return std::nullopt;
  return item_of_object(scope, object, source(*scope.unit, ast[object].next));
}

// wp_get_theme()->get('Name') and $options['legacy'] of get_option(), which are others elsewhere.
bool Evaluator::is_of_setting(const Scope& scope, NodeId part) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto asks = [&](NodeId id) {
    return ast[id].kind == NodeKind::call && call_condition(scope, id).alternative;
  };
  while (ast[part].kind == NodeKind::binary && ast[part].op == kCoalesce) part = ast[part].first;
  // strpos(get_locale(), 'zh_')
  if (ast[part].kind == NodeKind::call)
    return std::ranges::any_of(arguments(*scope.unit, part), asks);
  auto root = part;
  while (ast[root].kind == NodeKind::method_call || ast[root].kind == NodeKind::property ||
         ast[root].kind == NodeKind::index)
    root = ast[root].first;
  if (root == part || ast[root].kind != NodeKind::variable) return root != part && asks(root);
  const auto it = scope.variables.find(source(*scope.unit, root));
  return it != scope.variables.end() && it->second.single() == nullptr && may_be_absent(it->second);
}

namespace {

// Whether the file itself may return before its end.
bool returns_early(const Ast& ast, NodeId block, int depth) {
  constexpr int kDeepest = 32;
  for (auto at = ast[block].first; at != 0; at = ast[at].next) {
    const auto kind = ast[at].kind;
    if (kind == NodeKind::return_ && ast[at].next != 0) return true;
    const bool holds = kind != NodeKind::expression && kind != NodeKind::function &&
                       kind != NodeKind::class_declaration && kind != NodeKind::return_;
    if (holds && (depth > kDeepest || returns_early(ast, at, depth + 1))) return true;
    if (depth > 0 && kind == NodeKind::return_) return true;
  }
  return false;
}

}  // namespace

// "if (!@include 'x.php')" of a file that is there: what it returns.
Condition Evaluator::loaded(const Scope& scope, NodeId id) const {
  const auto path = value(scope, scope.unit->parsed.ast[id].first);
  if (path.single() == nullptr || !path.single()->starts_with('/') || path.texts[0].unsure)
    return {};
  note_units();
  const auto* unit = corpus_.find(tree::normalize(*path.single()));
  if (unit == nullptr || !unit->parsed.problems.empty()) return {};
  const auto& ast = unit->parsed.ast;
  if (returns_early(ast, ast.root, 0)) return {Truth::unknown, true};
  const auto last = ast.last_child(ast.root);
  if (last == 0 || ast[last].kind != NodeKind::return_) return {Truth::yes, false};
  const auto given = included(scope, id);
  if (given.is_array) return {given.items.empty() ? Truth::no : Truth::yes, false};
  return given.single() == nullptr ? Condition{} : Condition{truth_of(*given.single()), false};
}

// An item of a list that is written here: a switch that is off.
bool Evaluator::is_off(const Scope& scope, NodeId item) const {
  const auto known = value(scope, item);
  return known.single() != nullptr && truth_of(*known.single()) == Truth::no &&
         !may_be_absent(known);
}

// !empty($features['stats']) of a list that is written out, and has no such item.
bool Evaluator::asks_for_lacking(const Scope& scope, NodeId test) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto item = ast[test].kind == NodeKind::index ? test : ast[test].first;
  if (item == 0 || ast[item].kind != NodeKind::index || (item != test && ast[item].next != 0))
    return false;
  const auto base = ast[item].first;
  if (source(*scope.unit, base).starts_with("$_")) return false;  // the request fills it
  const auto list = value(scope, base), key = value(scope, ast[base].next);
  if (!list.is_array && ast[base].kind == NodeKind::index) return asks_for_lacking(scope, base);
  return list.is_array && key.single() != nullptr &&
         std::ranges::none_of(list.items, [&](const Item& each) {
           return each.key == *key.single() || each.key.find(kHole) != std::string::npos;
         });
}

// is_singular('product') where nobody registers products: their plugin is not installed.
bool Evaluator::is_strange_type(const Scope& scope, NodeId call, const std::string& name) const {
  if (std::ranges::find(kOfTypes, name) == kOfTypes.end()) return false;
  const auto given = arguments(*scope.unit, call);
  const auto asked = given.empty() ? Value::unknown() : value(scope, given[0]);
  if (asked.single() == nullptr || asked.single()->empty() ||
      std::ranges::find(kOfCore, *asked.single()) != kOfCore.end())
    return false;
  return std::ranges::none_of(
      definitions_of("@type " + *asked.single()),
      [&](const Definition& each) { return each.unit->wordpress == scope.unit->wordpress; });
}

}  // namespace stackaudit::stack::php

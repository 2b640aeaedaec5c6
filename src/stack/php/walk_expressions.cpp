// Expressions in the order of their evaluation: includes, assignments, operands that may be
// skipped.
#include "stack/php/walker.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr std::size_t kMostAssigned = 512;

// What is no list itself, of lists in lists.
void add_leaves(const Value& value, std::vector<Value>& leaves) {
  if (!value.is_array) leaves.push_back(value);
  for (const auto& item : value.items) add_leaves(item.value, leaves);
}

}  // namespace

void Walker::children(Scope& scope, NodeId id, Context context) {
  for (auto child = ast_[id].first; child != 0; child = ast_[child].next)
    expression(scope, child, context);
}

// An operand that is evaluated only when the condition in front of it has the given truth.
void Walker::lazily(Scope& scope, NodeId id, Condition condition, bool runs_when, Context context) {
  const auto never = runs_when ? Truth::no : Truth::yes;
  if (condition.truth == never) return;
  const Level level(*this, condition.truth == Truth::unknown && condition.alternative);
  expression(scope, id, context);
}

void Walker::expression(Scope& scope, NodeId id, Context context) {
  if (id == 0 || depth_ > kDeepestWalk) return;
  const Level level(*this);
  const auto& node = ast_[id];
  switch (node.kind) {
    case NodeKind::include:
      return include(scope, id, context);
    case NodeKind::silence:
      return expression(scope, node.first, {true, context.handled, context.fatal});
    case NodeKind::assign:
      return assign(scope, id);
    case NodeKind::closure:
    case NodeKind::arrow_function: {
      auto inner = scope;
      inner.outermost = false;
      function(id, std::move(inner));
      return forget_shared(scope, id);
    }
    case NodeKind::class_declaration:
      return members(scope, node.first);
    case NodeKind::binary: {
      const bool both = node.op == kBooleanAnd || node.op == kLogicalAnd;
      const bool one = node.op == kBooleanOr || node.op == kLogicalOr;
      const auto right = ast_[node.first].next;
      const bool fatal = context.fatal || (one && ends_script(right));
      const Context tested{context.silenced, context.handled || node.op != op('.'), fatal};
      expression(scope, node.first, tested);
      if (both || one)
        return lazily(scope, right, evaluator_.condition(scope, node.first), both, context);
      return expression(scope, right, tested);
    }
    case NodeKind::ternary: {
      const auto condition = evaluator_.condition(scope, node.first);
      expression(scope, node.first, {context.silenced, true});
      const auto second = ast_[node.first].next;
      const auto third = ast_[second].next;
      if (third == 0) return lazily(scope, second, condition, false, context);
      lazily(scope, second, condition, true, context);
      return lazily(scope, third, condition, false, context);
    }
    case NodeKind::unary:
    case NodeKind::postfix:
      expression(scope, node.first, {context.silenced, true, context.fatal});
      return step(scope, id);
    case NodeKind::call:
      return call(scope, id);
    case NodeKind::method_call:
    case NodeKind::static_call:
    case NodeKind::new_object:
      record(scope, id);
      return children(scope, id, context);
    case NodeKind::match:
      return match(scope, id, context);
    default:
      return children(scope, id, context);
  }
}

// The only arm that is taken; 0 where that is not known.
NodeId Walker::decided_arm(const Scope& scope, NodeId subject) const {
  NodeId otherwise = 0;
  for (auto arm = ast_[subject].next; arm != 0; arm = ast_[arm].next) {
    if (ast_[arm].op == kDefault) {
      otherwise = arm;
      continue;
    }
    for (auto test = ast_[arm].first; ast_[test].next != 0; test = ast_[test].next) {
      const auto holds = evaluator_.same(scope, subject, test);
      if (holds == Truth::unknown) return 0;
      if (holds == Truth::yes) return arm;
    }
  }
  return otherwise;
}

// The arms of match (true) are conditions.
void Walker::match(Scope& scope, NodeId id, Context context) {
  const auto subject = ast_[id].first;
  expression(scope, subject);
  const bool asks = lower(source(subject)) == "true";
  const auto decided = asks ? 0 : decided_arm(scope, subject);
  for (auto arm = ast_[subject].next; arm != 0; arm = ast_[arm].next) {
    const auto result = ast_.last_child(arm);
    if (decided != 0 && arm != decided) continue;
    const auto test = ast_[arm].first;
    for (auto at = test; at != result; at = ast_[at].next)
      expression(scope, at, {false, true, false});
    if (asks && test != result && ast_[test].next == result)
      lazily(scope, result, evaluator_.condition(scope, test), true, context);
    else
      expression(scope, result, context);
  }
}

void Walker::call(Scope& scope, NodeId id) {
  const auto name = lower(base_name(source(ast_[id].first)));
  const auto given = evaluator_.arguments(unit_, id);
  if (name == "spl_autoload_register" && !given.empty()) autoloader_ = given[0];
  const bool recursive = name == "array_walk_recursive";
  if (given.size() > 1 &&
      (name == "array_map" || name == "array_walk" || name == "array_filter" || recursive)) {
    const bool mapped = name == "array_map";
    const auto list = evaluator_.value(scope, given[mapped ? 1 : 0]);
    mapped_ = list.is_array ? given[mapped ? 0 : 1] : 0;
    mapped_over_.clear();
    for (const auto& item : list.items)
      if (recursive)
        add_leaves(item.value, mapped_over_);
      else
        mapped_over_.push_back(item.value);
  }
  record(scope, id);
  children(scope, id, {});
  const auto argument = [&](std::size_t n) {
    return n < given.size() ? evaluator_.value(scope, given[n]) : Value::unknown();
  };
  if (!given.empty() && ast_[given[0]].kind == NodeKind::variable) take_item(scope, name, given);
  forget_changed(scope, name, given);
  if (name == "extract" && !given.empty()) extract(scope, given);
  hush(scope, name, given);
  if (name == "chdir") {
    auto to = argument(0);
    const auto before = scope.variables.find(kWorkingDirectory);
    if (before != scope.variables.end() && to.single() != nullptr && !to.single()->starts_with('/'))
      to = concat(concat(before->second, Value::text("/")), to);
    if (scope.outermost) moved_ = to;
    change(scope, kWorkingDirectory, std::move(to));
  }
  if (name == "set_include_path") out_.include_paths.push_back(argument(0));
  if (name != "ini_set") return;
  const auto setting = argument(0);
  if (setting.single() != nullptr && *setting.single() == "include_path")
    out_.include_paths.push_back(argument(1));
}

// array_pop($list) and its kin change the list.
void Walker::take_item(Scope& scope, std::string_view function, const std::vector<NodeId>& given) {
  const bool first = function == "array_shift";
  const bool changes = first || function == "array_pop" || function == "array_push" ||
                       function == "array_unshift" || function == "array_splice";
  if (!changes) return;
  auto list = evaluator_.value(scope, given[0]);
  const bool takes = (first || function == "array_pop") && list.is_array && !list.items.empty();
  if (takes) list.items.erase(first ? list.items.begin() : std::prev(list.items.end()));
  set(scope, source(given[0]), takes ? std::move(list) : Value::unknown());
}

// unset($list['x']); a key that is not known may be any.
void Walker::take_away(Scope& scope, NodeId place) {
  const auto base = ast_[place].kind == NodeKind::index ? ast_[place].first : place;
  if (ast_[base].kind != NodeKind::variable) return;
  const auto known = scope.variables.find(source(base));
  if (known == scope.variables.end()) return;
  auto list = known->second;
  const auto key = base == place ? Value::unknown() : evaluator_.value(scope, ast_[base].next);
  if (!list.is_array || key.single() == nullptr) return set(scope, source(base), Value::unknown());
  std::erase_if(list.items, [&](const Item& item) { return item.key == *key.single(); });
  set(scope, source(base), std::move(list));
}

// error_reporting(0) and set_error_handler(function () { ... }), up to what takes it back.
void Walker::hush(const Scope& scope, std::string_view function, const std::vector<NodeId>& given) {
  if (function == "restore_error_handler") hushed_ = false;
  if (given.empty()) return;
  const auto words = source(given[0]);
  if (function == "error_reporting") {
    const auto level = evaluator_.value(scope, given[0]);
    hushed_ = (level.single() != nullptr && *level.single() == "0") ||
              words.find("~E_WARNING") != words.npos || words.find("~ E_WARNING") != words.npos;
  } else if (function == "set_error_handler") {
    const auto kind = ast_[given[0]].kind;
    hushed_ = (kind == NodeKind::closure || kind == NodeKind::arrow_function) &&
              words.find("throw") == words.npos &&
              unit_.text.find("restore_error_handler") != std::string_view::npos;
  }
}

// extract($list), with EXTR_SKIP or EXTR_PREFIX_ALL and its prefix: each item is a variable then.
void Walker::extract(Scope& scope, const std::vector<NodeId>& given) {
  const auto list = evaluator_.value(scope, given[0]);
  const auto how = given.size() < 2 ? std::string_view{} : source(given[1]);
  const auto prefix = given.size() < 3 ? Value::text({}) : evaluator_.value(scope, given[2]);
  const bool prefixed = how == "EXTR_PREFIX_ALL";
  if (prefix.single() == nullptr || (!how.empty() && how != "EXTR_SKIP" && !prefixed)) return;
  for (const auto& [key, value] : list.items) {
    if (key.find(kHole) != std::string::npos) continue;
    const auto name = "$" + (prefixed ? *prefix.single() + "_" + key : key);
    if (how != "EXTR_SKIP" || !scope.variables.contains(name)) set(scope, name, value);
  }
}

namespace {

// Functions of PHP that change what they are given, and which argument that is.
struct Changing {
  std::string_view name;
  std::size_t argument;
};
constexpr auto kChanging = std::to_array<Changing>({{"preg_match", 2},
                                                    {"preg_match_all", 2},
                                                    {"parse_str", 1},
                                                    {"exec", 1},
                                                    {"settype", 0},
                                                    {"array_walk", 0},
                                                    {"array_walk_recursive", 0}});

}  // namespace

// What is handed over by reference is something else behind the call. array_walk() changes its list
// where the function takes an item so.
void Walker::forget_changed(Scope& scope, std::string_view function,
                            const std::vector<NodeId>& given) {
  const auto is_known = [&](std::size_t n) {
    return n < given.size() && ast_[given[n]].kind == NodeKind::variable &&
           scope.variables.contains(source(given[n]));
  };
  std::size_t first = 0;
  while (first < given.size() && !is_known(first)) ++first;
  if (first == given.size()) return;
  const auto* const known = std::ranges::find(kChanging, function, &Changing::name);
  if (known != kChanging.end()) {
    const bool walks = function.starts_with("array_walk") && given.size() > 1 &&
                       ast_[given[1]].kind == NodeKind::closure;
    if (is_known(known->argument) && !(walks && !takes_references(unit_, given[1])))
      set(scope, source(given[known->argument]), Value::unknown());
    return;
  }
  if (evaluator_.corpus().names.functions.contains(function)) return;
  for (const auto& own : evaluator_.definitions_of(std::string(function) + "()"))
    if (takes_references(*own.unit, own.value))
      for (auto n = first; n < given.size(); ++n)
        if (is_known(n)) set(scope, source(given[n]), Value::unknown());
}

void Walker::set(Scope& scope, std::string_view name, Value value) {
  const bool known = value.is_array || std::ranges::any_of(value.texts, [](const Text& text) {
                       return text.absent || text.value.size() != 1 || text.value[0] != kHole;
                     });
  if (known || scope.outermost)
    change(scope, name, std::move(value));
  else if (scope.variables.contains(name))
    change(scope, name, std::nullopt);
}

void Walker::assign(Scope& scope, NodeId id) {
  const auto target = ast_[id].first;
  const auto value = ast_[target].next;
  expression(scope, value);
  if (ast_[target].kind != NodeKind::variable) {
    if (ast_[target].kind == NodeKind::index) assign_item(scope, target, value);
    if (ast_[target].kind == NodeKind::array || ast_[target].kind == NodeKind::list)
      assign_list(scope, target, evaluator_.value(scope, value));
    return;
  }
  const auto name = source(target);
  if (ast_[id].op == op('='))
    set(scope, name, evaluator_.value(scope, value));
  else if (ast_[id].op == kConcatEqual)
    set(scope, name, concat(evaluator_.value(scope, target), evaluator_.value(scope, value)));
  else
    set(scope, name, Value::unknown());
  if (ast_[id].op == op('&') && ast_[value].kind == NodeKind::variable)
    set(scope, source(value), Value::unknown());  // either name changes both
}

// function () use (&$found) {}: a call of it may change the variable.
void Walker::forget_shared(Scope& scope, NodeId closure) {
  auto begin = ast_[closure].begin;
  for (auto at = ast_[closure].first; at != 0; at = ast_[at].next)
    if (ast_[at].kind == NodeKind::parameter) begin = ast_[at].end;
  const auto end = ast_[ast_.last_child(closure)].begin;
  const auto words = unit_.text.substr(begin, end > begin ? end - begin : 0);
  if (words.find("use") == words.npos) return;
  for (auto at = words.find("&$"); at != words.npos; at = words.find("&$", at + 1)) {
    const auto name = words.substr(at + 1);
    const auto length = name.find_first_of(",) \t\r\n", 1);
    set(scope, name.substr(0, length), Value::unknown());
  }
}

// $i++ and its kin.
void Walker::step(Scope& scope, NodeId id) {
  const auto op = ast_[id].op;
  const auto target = ast_[id].first;
  if ((op != kInc && op != kDec) || ast_[target].kind != NodeKind::variable) return;
  const auto number = number_of(evaluator_.value(scope, target));
  set(scope, source(target),
      number ? Value::text(std::to_string(*number + (op == kInc ? 1 : -1))) : Value::unknown());
}

// [$a, 'k' => $b] = ...
void Walker::assign_list(Scope& scope, NodeId target, const Value& list) {
  std::size_t position = 0;
  for (auto item = ast_[target].first; item != 0; item = ast_[item].next) {
    const auto first = ast_[item].first;
    const auto named = ast_.last_child(item);
    auto key = std::to_string(position++);
    if (first != named) {
      const auto written = evaluator_.value(scope, first);
      key = written.single() != nullptr ? *written.single() : std::string(1, kHole);
    }
    if (named == 0 || ast_[named].kind != NodeKind::variable) continue;
    const auto found = std::ranges::find(list.items, key, &Item::key);
    set(scope, source(named), found == list.items.end() ? Value::unknown() : found->value);
  }
}

// The element that is assigned, made where it is not there; nullptr: its place is not known.
Value* Walker::item(const Scope& scope, Value& root, NodeId target, bool holds_items) {
  const auto base = ast_[target].first;
  auto* list = ast_[base].kind == NodeKind::index ? item(scope, root, base, true) : &root;
  if (list == nullptr || !list->is_array) return nullptr;
  const auto offset = ast_[base].next;
  const auto key = offset == 0 ? Value::text(std::to_string(list->items.size()))
                               : evaluator_.value(scope, offset);
  if (key.single() == nullptr) return nullptr;
  const auto it = std::ranges::find(list->items, *key.single(), &Item::key);
  if (it != list->items.end()) return &it->value;
  if (list->items.size() >= kMostAssigned) return nullptr;
  Value fresh;
  fresh.is_array = holds_items;
  if (!holds_items) fresh = Value::unknown();
  return &list->items.emplace_back(Item{*key.single(), std::move(fresh)}).value;
}

// $list[] = ... and $list['x']['y'] = ... where all of the list is known.
void Walker::assign_item(Scope& scope, NodeId target, NodeId value) {
  auto base = target;
  while (ast_[base].kind == NodeKind::index) base = ast_[base].first;
  if (ast_[base].kind != NodeKind::variable) return;
  const auto name = source(base);
  const auto known = scope.variables.find(name);
  if (known == scope.variables.end() || !known->second.is_array)
    return set(scope, name, Value::unknown());
  auto list = known->second;
  auto given = evaluator_.value(scope, value);
  auto* const place = item(scope, list, target, false);
  if (place == nullptr) return set(scope, name, Value::unknown());
  *place = std::move(given);
  set(scope, name, std::move(list));
}

void Walker::include(Scope& scope, NodeId id, Context context) {
  const auto operand = ast_[id].first;
  expression(scope, operand);
  Include found;
  found.unit = &unit_;
  found.id = id;
  found.op = ast_[id].op;
  found.value = evaluator_.value(scope, operand);
  found.silenced = context.silenced || hushed_;
  found.handled = context.handled;
  found.fatal = context.fatal;
  found.autoload = autoloads_;
  found.probe = probes_;
  found.follows = follows_;
  found.listed = lists_;
  found.loading = scope.loading;
  // Which of its files an autoloader is asked for is never known: all of them are to be there.
  if (autoloads_)
    for (auto& text : found.value.texts) text.unsure = false;
  found.alternative = alternatives_ > 0;
  found.sole = alternatives_ == 1;
  found.caught = errors_caught_ > 0;
  found.inside = !scope.outermost;
  if (const auto it = scope.variables.find(kWorkingDirectory); it != scope.variables.end())
    found.working_directory = it->second;
  out_.includes.push_back(std::move(found));
}

Walk walk(const Evaluator& evaluator, const Unit& unit, const CallSites* sites) {
  Walk found;
  if (unit.parsed.includes || sites != nullptr ||
      unit.text.find("include_path") != std::string_view::npos)
    Walker(evaluator, unit, sites, found).run();
  return found;
}

}  // namespace stackaudit::stack::php

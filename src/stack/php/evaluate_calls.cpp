// What calls give: of PHP's own functions, of functions and closures that assign and return.
#include "stack/php/conditions.hpp"
#include "stack/php/endings.hpp"
#include "stack/php/evaluate.hpp"
#include "text/words.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Of lists within lists, each with a function over its items.
constexpr std::size_t kMostResults = 64;

// Counts calls from the outermost on.
class Counted {
 public:
  Counted(int& nested, std::size_t& all) : nested_(nested) {
    if (nested_++ == 0) all = 0;
    ++all;
  }
  ~Counted() { --nested_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& nested_;
};

// Behind the name of a function, method or closure: its first parameter, or its body.
NodeId behind_name(const Ast& ast, NodeId function) {
  const auto first = ast[function].first;
  const bool named = ast[first].kind == NodeKind::name || ast[first].kind == NodeKind::member;
  return named ? ast[first].next : first;
}

// foreach ($list as $item) with nothing in its body but assignments and conditions.
bool is_plain_loop(const Ast& ast, NodeId loop) {
  const auto item = ast[ast[loop].first].next;
  const auto body = ast[item].next;
  if (ast[loop].op == kDoubleArrow || ast[item].kind != NodeKind::variable || body == 0)
    return false;
  const bool block = ast[body].kind == NodeKind::block;
  for (auto at = block ? ast[body].first : body; at != 0; at = block ? ast[at].next : 0)
    if (ast[at].kind != NodeKind::if_ &&
        (ast[at].kind != NodeKind::expression || ast[ast[at].first].kind != NodeKind::assign))
      return false;
  return true;
}

// Whether the body may come to a return before a statement that nothing is told of.
bool may_return(const Ast& ast, NodeId block) {
  for (auto at = ast[block].first; at != 0; at = ast[at].next) {
    switch (ast[at].kind) {
      case NodeKind::global:
      case NodeKind::static_:
        continue;
      case NodeKind::expression:
        if (ast[ast[at].first].kind != NodeKind::assign) return false;
        continue;
      default:
        return ast[at].kind == NodeKind::return_ || ast[at].kind == NodeKind::if_ ||
               ast[at].kind == NodeKind::switch_ ||
               (ast[at].kind == NodeKind::foreach && is_plain_loop(ast, at));
    }
  }
  return false;
}

bool yields(const Unit& unit, NodeId body) {
  return text::contains(Corpus::slice(unit, unit.parsed.ast[body]), "yield");
}

// Whether something may be told of what the function gives.
bool may_give(const Unit& unit, NodeId function) {
  const auto& ast = unit.parsed.ast;
  const auto body = body_of(ast, function);
  if (body == 0) return false;
  return ast[function].kind == NodeKind::arrow_function || may_return(ast, body) ||
         yields(unit, body);
}

// Of methods with the same name those of a class, where it has one.
void keep_of_class(std::vector<Definition>& methods, std::string_view class_name) {
  const auto is_other = [&](const Definition& method) {
    const auto& nodes = method.unit->parsed.ast.nodes;
    return std::ranges::none_of(method.unit->symbols.types, [&](const Type& type) {
      if (base_name(type.name) != class_name) return false;
      const auto around = std::ranges::find_if(nodes, [&](const Node& node) {
        return node.kind == NodeKind::class_declaration && node.begin == type.begin;
      });
      const auto& own = nodes[method.value];
      return around != nodes.end() && around->begin < own.begin && own.end <= around->end;
    });
  };
  auto left = methods;
  std::erase_if(left, is_other);
  if (!left.empty()) methods = std::move(left);
}

}  // namespace

NodeId body_of(const Ast& ast, NodeId function) {
  auto at = behind_name(ast, function);
  while (at != 0 && ast[at].kind == NodeKind::parameter) at = ast[at].next;
  return at;
}

Value Evaluator::call(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  auto callee = ast[id].first;
  const bool method = ast[id].kind != NodeKind::call;
  if (method) callee = ast[callee].next;
  const auto given = arguments(*scope.unit, id);
  if (ast[callee].kind == NodeKind::variable && !method) {
    if (scope.depth > kDeepestCall) return Value::unknown();
    std::vector<Value> values;
    for (const auto argument : given) values.push_back(value(scope, argument));
    const auto named = value(scope, callee);
    if (named.single() == nullptr) return closure_call(scope, callee, values);
    // $c = 'constant'; "{$c('ROOT')}/x.php"
    const auto function = lower(base_name(*named.single()));
    auto known = builtin(*this, scope, function, given);
    return known ? *std::move(known) : user_function(scope, function, given, false, 0);
  }
  if (ast[callee].kind != NodeKind::name && ast[callee].kind != NodeKind::member)
    return Value::unknown();
  const auto name = lower(base_name(source(*scope.unit, callee)));
  if (!method && name == "getcwd")
    if (auto start = start_of(*scope.unit); !start.empty()) return Value::text(std::move(start));
  if (!method)
    if (auto known = builtin(*this, scope, name, given)) return *std::move(known);
  const auto object = ast[id].first;
  const bool of_case = method && ast[object].kind == NodeKind::class_constant;
  const bool of_class = ast[id].kind == NodeKind::static_call && ast[object].kind == NodeKind::name;
  const auto told = method ? Condition{} : call_condition(scope, id);
  if (told.truth != Truth::unknown || told.alternative) return answer(told);
  return user_function(scope, name, given, method, of_case || of_class ? object : 0);
}

bool Evaluator::never_returns(const Unit& unit, NodeId call) const {
  const auto& ast = unit.parsed.ast;
  const auto callee = ast[call].first;
  if (ast[call].kind != NodeKind::call || ast[callee].kind != NodeKind::name) return false;
  const auto found = meant(lower(base_name(source(unit, callee))) + "()", unit);
  if (found.size() != 1 || found[0].unit->parsed.ast[found[0].value].kind != NodeKind::function)
    return false;
  return php::never_returns(found[0].unit->parsed.ast, found[0].value);
}

// A function that assigns, if anything, and then returns: what it returns.
Value Evaluator::user_function(const Scope& scope, const std::string& name,
                               const std::vector<NodeId>& given, bool method, NodeId of) const {
  auto found = meant(name + "()", *scope.unit);
  if (!method)
    std::erase_if(found, [](const Definition& d) {
      return d.unit->parsed.ast[d.value].kind != NodeKind::function;
    });
  const bool named = of != 0 && scope.unit->parsed.ast[of].kind == NodeKind::name;
  const auto enum_case = named ? 0 : of;
  if (named && found.size() > 1) keep_of_class(found, lower(base_name(source(*scope.unit, of))));
  if (found.size() != 1 || scope.depth > kDeepestCall) return Value::unknown();
  if (!may_give(*found[0].unit, found[0].value)) return Value::unknown();
  Scope inner;
  inner.unit = found[0].unit;
  inner.depth = scope.depth + 8;
  if (enum_case != 0) {
    const auto& ast = scope.unit->parsed.ast;
    const auto word = ast[ast[enum_case].first].next;
    inner.variables.emplace(kCaseName, Value::text(std::string(source(*scope.unit, word))));
    inner.variables.emplace(kCaseValue, case_value(scope, enum_case));
  }
  std::vector<Value> values;
  for (const auto argument : given) values.push_back(value(scope, argument));
  return result(std::move(inner), found[0].value, values);
}

namespace {

// The arguments from that position on.
Value list_of(const std::vector<Value>& given, std::size_t from) {
  Value list;
  list.is_array = true;
  for (auto i = from; i < given.size(); ++i)
    list.items.push_back({std::to_string(i - from), given[i]});
  return list;
}

}  // namespace

void Evaluator::bind(Scope& inner, NodeId function, const std::vector<Value>& given) const {
  const auto& unit = *inner.unit;
  const auto& ast = unit.parsed.ast;
  std::size_t position = 0;
  auto at = behind_name(ast, function);
  if (!given.empty() && ast[at].kind != NodeKind::parameter)
    inner.variables[kAllArguments] = list_of(given, 0);
  for (; at != 0 && ast[at].kind == NodeKind::parameter; at = ast[at].next, ++position) {
    const auto parameter = ast[at].first;
    if (is_variadic(unit, ast[at])) {
      inner.variables[std::string(source(unit, parameter))] = list_of(given, position);
      continue;
    }
    const auto preset = ast[parameter].next;
    inner.variables[std::string(source(unit, parameter))] = position < given.size()
                                                                ? given[position]
                                                            : preset != 0 ? value(inner, preset)
                                                                          : Value::unknown();
  }
}

Value Evaluator::result(Scope inner, NodeId function, const std::vector<Value>& given) const {
  const Counted counted(nested_results_, results_);
  if (results_ > kMostResults) return Value::unknown();
  bind(inner, function, given);
  const auto& ast = inner.unit->parsed.ast;
  const auto body = body_of(ast, function);
  if (ast[function].kind == NodeKind::arrow_function) return value(inner, body);
  auto result = returned(inner, body);
  const bool told = result.is_array || result.known();
  return told || !yields(*inner.unit, body) ? result : yielded(inner, body);
}

// The one that is written in the place of the callee, or that a variable of the file holds.
Value Evaluator::closure_call(const Scope& scope, NodeId callee,
                              const std::vector<Value>& given) const {
  if (nested_results_ > 0 && results_ > kMostResults) return Value::unknown();
  const auto& ast = scope.unit->parsed.ast;
  auto function = callee;
  if (ast[callee].kind == NodeKind::variable) {
    function = 0;
    for (const auto& each : definitions_of(source(*scope.unit, callee)))
      if (each.unit == scope.unit) function = function == 0 ? each.value : callee;
  }
  const auto kind = ast[function].kind;
  if ((kind != NodeKind::closure && kind != NodeKind::arrow_function) ||
      scope.depth > kDeepestCall || !may_give(*scope.unit, function))
    return Value::unknown();
  auto inner = scope;
  inner.outermost = false;
  inner.depth = scope.depth + 8;
  return result(std::move(inner), function, given);
}

// "$x = value", or "$x ??= value" for a static $x that nothing was given to.
bool Evaluator::takes(Scope& inner, NodeId statement,
                      const std::set<std::string_view>& unset) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto assigned = ast[statement].first;
  if (ast[statement].kind != NodeKind::expression || ast[assigned].kind != NodeKind::assign)
    return false;
  const auto target = ast[assigned].first;
  const auto name = source(*inner.unit, target);
  const bool fills = ast[assigned].op == kCoalesceEqual && unset.contains(name);
  if (ast[assigned].op != static_cast<Kind>('=') && !fills) return false;
  if (ast[target].kind == NodeKind::variable)
    inner.variables[std::string(name)] = value(inner, ast[target].next);
  return true;
}

// "if ($x === null) { $x = value; }" for such a variable.
bool Evaluator::fills(Scope& inner, NodeId test, const std::set<std::string_view>& unset) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto asked = source(*inner.unit, test);
  if (std::ranges::none_of(
          unset, [&](std::string_view name) { return asked.find(name) != std::string_view::npos; }))
    return false;
  const auto then = ast[test].next;
  if (ast[then].kind != NodeKind::block) return takes(inner, then, unset);
  for (auto at = ast[then].first; at != 0; at = ast[at].next)
    if (!takes(inner, at, unset)) return false;
  return true;
}

// Of a switch whose clauses do nothing but return: the value of the one that is taken, where that
// is known, or of all together with those before; else adds to `early`. Unknown for any other
// switch.
std::optional<Value> Evaluator::returned_by(const Scope& inner, NodeId statement,
                                            std::vector<Value>& early) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto subject = ast[statement].first;
  NodeId otherwise = 0;
  bool asked = false, falls = false;  // a clause above leads here: certainly, or perhaps
  for (auto clause = ast[subject].next; clause != 0; clause = ast[clause].next) {
    const bool preset = ast[clause].op == kDefault;
    const auto test = preset ? 0 : ast[clause].first;
    const auto body = preset ? ast[clause].first : ast[test].next;
    const auto truth = preset ? Truth::no : same(inner, subject, test);
    asked = asked || truth == Truth::yes;
    falls = falls || truth == Truth::unknown;
    if (body == 0) {
      if (preset) return Value::unknown();
      continue;
    }
    if (ast[body].kind != NodeKind::return_) return Value::unknown();
    if (preset) otherwise = ast[body].first;
    if (asked && early.empty()) return value(inner, ast[body].first);
    if (asked || falls) early.push_back(value(inner, ast[body].first));
    if (asked) otherwise = 0;
    if (asked) break;
    falls = false;
  }
  if (!asked && otherwise == 0) return std::nullopt;
  if (otherwise != 0) early.push_back(value(inner, otherwise));
  return either(std::move(early));
}

// isset($list[$key]) and its kin of a variable that is known whole; unknown for any other question.
Truth Evaluator::has_item(const Scope& scope, NodeId test) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto first = ast[test].first;
  if (ast[test].kind == NodeKind::unary && ast[test].op == static_cast<Kind>('!'))
    return negated(has_item(scope, first));
  const bool both = ast[test].op == kBooleanAnd, one = ast[test].op == kBooleanOr;
  if (ast[test].kind == NodeKind::binary && (both || one)) {
    const auto decides = both ? Truth::no : Truth::yes;
    const auto left = has_item(scope, first);
    if (left == decides) return left;
    const auto right = has_item(scope, ast[first].next);
    return right == decides || left != Truth::unknown ? right : left;
  }
  const auto known = [&](NodeId variable) -> const Value* {
    const auto it = scope.variables.find(source(*scope.unit, variable));
    return it == scope.variables.end() ? nullptr : &it->second;
  };
  NodeId list = 0, key = 0;
  if (ast[test].kind == NodeKind::isset && ast[first].next == 0) {
    if (ast[first].kind != NodeKind::index) return Truth::unknown;
    list = ast[first].first;
    key = ast[list].next;
  } else if (ast[test].kind == NodeKind::call) {
    const auto name = base_name(source(*scope.unit, first));
    const auto given = arguments(*scope.unit, test);
    if (name == "is_array" && given.size() == 1) {
      const auto* const asked = known(given[0]);
      if (asked == nullptr) return Truth::unknown;
      if (asked->is_array) return Truth::yes;
      return asked->single() == nullptr ? Truth::unknown : Truth::no;
    }
    if (name != "array_key_exists" || given.size() != 2) return Truth::unknown;
    list = given[1];
    key = given[0];
  }
  if (list == 0 || key == 0) return Truth::unknown;
  const auto all = value(scope, list), wanted = value(scope, key);
  if (wanted.single() == nullptr) return Truth::unknown;
  if (!all.is_array) return all.single() == nullptr ? Truth::unknown : Truth::no;
  const auto found = std::ranges::find(all.items, *wanted.single(), &Item::key);
  if (found == all.items.end()) {
    const bool whole = std::ranges::none_of(
        all.items, [](const Item& item) { return item.key.find(kHole) != std::string::npos; });
    return whole ? Truth::no : Truth::unknown;
  }
  const auto& item = found->value;
  return item.is_array || (item.single() != nullptr && !item.single()->empty()) ? Truth::yes
                                                                                : Truth::unknown;
}

// "if (...) return ...;": what is returned where the condition is met; else goes on.
std::optional<Value> Evaluator::returned_if(Scope& inner, NodeId statement, Returns& before) const {
  const auto& ast = inner.unit->parsed.ast;
  const auto test = ast[statement].first;
  const auto then = ast[test].next;
  const auto only = ast[then].kind == NodeKind::block ? ast[then].first : then;
  if (fills(inner, test, before.unset)) return std::nullopt;
  if (ast.child_count(statement) != 2 || only == 0 || ast[only].kind != NodeKind::return_ ||
      ast[only].next != 0)
    return Value::unknown();
  const auto given = ast[only].first;
  if (before.unset.contains(source(*inner.unit, given))) return std::nullopt;  // what it was given
  auto truth = has_item(inner, test);
  if (truth == Truth::unknown) truth = condition(inner, test).truth;
  if (truth == Truth::yes) return value(inner, given);
  if (truth == Truth::unknown) before.early.push_back(value(inner, given));
  return std::nullopt;
}

// A loop over a list that is known, with nothing in it but assignments and such conditions.
std::optional<Value> Evaluator::returned_in(Scope& inner, NodeId loop, Returns& before) const {
  constexpr std::size_t kMostRounds = 16;
  const auto& ast = inner.unit->parsed.ast;
  const auto subject = ast[loop].first;
  const auto item = ast[subject].next, body = ast[item].next;
  if (!is_plain_loop(ast, loop)) return Value::unknown();
  const auto list = value(inner, subject);
  if (!list.is_array || list.items.size() > kMostRounds) return Value::unknown();
  const bool block = ast[body].kind == NodeKind::block;
  for (const auto& [key, each] : list.items) {
    inner.variables[std::string(source(*inner.unit, item))] = each;
    for (auto at = block ? ast[body].first : body; at != 0; at = block ? ast[at].next : 0) {
      if (ast[at].kind == NodeKind::if_) {
        if (auto given = returned_if(inner, at, before)) return given;
      } else if (!takes(inner, at, before.unset)) {
        return Value::unknown();
      }
    }
  }
  return std::nullopt;
}

Value Evaluator::returned(const Scope& outer, NodeId block) const {
  Scope inner = outer;
  const auto& ast = inner.unit->parsed.ast;
  Returns before;
  for (auto at = ast[block].first; at != 0; at = ast[at].next) {
    const auto first = ast[at].first;
    std::optional<Value> given;
    switch (ast[at].kind) {
      case NodeKind::return_: {
        auto last = value(inner, first);
        // Where none of the answers before is known, null is not the only one.
        const auto tells = [](const Value& other) { return other.is_array || other.known(); };
        auto& early = before.early;
        if (!early.empty() && is_blank(last) && std::ranges::none_of(early, tells))
          return Value::unknown();
        early.insert(early.begin(), std::move(last));
        return either(std::move(early));
      }
      case NodeKind::global:
        continue;
      case NodeKind::static_:
        for (auto each = first; each != 0; each = ast[each].next)
          before.unset.insert(
              source(*inner.unit, ast[each].kind == NodeKind::assign ? ast[each].first : each));
        continue;
      case NodeKind::switch_:
        given = returned_by(inner, at, before.early);
        break;
      case NodeKind::if_:
        given = returned_if(inner, at, before);
        break;
      case NodeKind::foreach:
        given = returned_in(inner, at, before);
        break;
      default:
        if (!takes(inner, at, before.unset)) return Value::unknown();
    }
    if (given) return *std::move(given);
  }
  return Value::unknown();
}

}  // namespace stackaudit::stack::php

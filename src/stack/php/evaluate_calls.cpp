// What calls give: of PHP's own functions, of functions and closures of the program.
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

bool is_abstract(const Definition& method) {
  const auto& ast = method.unit->parsed.ast;
  return ast[ast.last_child(method.value)].kind != NodeKind::block;
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
    if (auto start = start_of(scope); !start.empty()) return Value::text(std::move(start));
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
  const bool method = ast[call].kind != NodeKind::call;
  const auto callee = method ? ast[ast[call].first].next : ast[call].first;
  if (ast[callee].kind != (method ? NodeKind::member : NodeKind::name)) return false;
  const auto found = meant(lower(base_name(source(unit, callee))) + "()", unit);
  if (found.size() != 1 || found[0].unit->parsed.ast[found[0].value].kind !=
                               (method ? NodeKind::method : NodeKind::function))
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
  if (method && found.size() > 1) std::erase_if(found, is_abstract);
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

void Evaluator::bind(Scope& inner, NodeId function, const std::vector<Value>& given) const {
  const auto& unit = *inner.unit;
  const auto& ast = unit.parsed.ast;
  std::size_t position = 0;
  auto at = behind_name(ast, function);
  if (!given.empty() && ast[at].kind != NodeKind::parameter)
    inner.variables[kAllArguments] = list_of(given);
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

}  // namespace stackaudit::stack::php

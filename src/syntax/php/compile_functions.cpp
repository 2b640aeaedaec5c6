// What PHP's compiler refuses of parameters, their types and what functions return.
#include "syntax/php/compilation.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::php {
namespace {

struct Parameters {
  const Compilation& with;
  const FunctionHead& function;

  void check() const {
    for (const auto& parameter : function.parameters) one(parameter);
  }

  void one(const ParameterHead& parameter) const {
    const auto& node = with.node(parameter.id);
    const auto& variable = with.node(node.first);
    const auto refuse = [&](std::string said) { with.refuse(variable, std::move(said)); };
    const auto name = with.slice(variable);
    if (is_super_global(name))
      return refuse("Cannot re-assign auto-global variable " + std::string(name.substr(1)));
    if (parameter.variadic && variable.next != 0)
      return refuse("Variadic parameter cannot have a default value");
    if (parameter.variadic && &parameter != &function.parameters.back())
      return refuse("Only the last parameter can be variadic");
    const bool promotes = !parameter.modifiers.empty();
    const bool method = with.node(function.id).kind == NodeKind::method;
    if (promotes && !(method && function.name == "__construct"))
      return refuse("Cannot declare promoted property outside a constructor");
    if (promotes && !function.has_body)
      return refuse("Cannot declare promoted property in an abstract constructor");
    if (promotes && parameter.variadic) return refuse("Cannot declare variadic promoted property");
    types(parameter.type, variable, promotes);
  }

  void types(const Words& type, const Node& variable, bool promotes) const {
    if (type.empty() || check_type(with, type, variable, TypeOf::parameter)) return;
    if (with.node(function.id).kind == NodeKind::function) check_classless(with, type, variable);
    if (variable.next != 0 && with.since(800))
      check_preset(with, type, variable.next, promotes ? TypeOf::result : TypeOf::parameter,
                   "parameter " + std::string(with.slice(variable)));
  }
};

// The nodes of a function from the last to the first, those of functions and classes inside it
// passed over: they all stand just before its own. Until `visit` is false.
template <class Visit>
void each_within(const Compilation& with, NodeId function, Visit visit) {
  const auto begin = with.node(function).begin;
  for (auto id = function; --id > 0 && with.node(id).begin >= begin;) {
    const auto& node = with.node(id);
    if (is_function(node.kind) || node.kind == NodeKind::class_declaration)
      while (id > 1 && with.node(id - 1).begin >= node.begin) --id;
    else if (!visit(node))
      return;
  }
}

// What yields is a generator: no scalar is one.
void check_generator(const Compilation& with, const FunctionHead& function) {
  constexpr auto kNone = std::to_array<std::string_view>(
      {"int", "float", "string", "bool", "array", "callable", "void", "never", "false", "null"});
  const auto& type = function.result;
  if (type.size() == 1 && with.since(800) && text::is_one_of(type[0], kNone))
    with.refuse(with.node(with.node(function.id).first),
                "Generator return type must be a supertype of Generator, " + type[0] + " given");
}

// "return;" where the type asks for a value. A generator may end so.
void check_values(const Compilation& with, const FunctionHead& function) {
  const auto& type = function.result;
  if (type[0] == "void" || type[0] == "never" || !with.since(800)) return;
  std::vector<Node> empty;
  bool yields = false;
  each_within(with, function.id, [&](const Node& node) {
    yields = node.kind == NodeKind::yield;
    if (node.kind == NodeKind::return_ && node.first == 0) empty.push_back(node);
    return !yields;
  });
  if (yields) return check_generator(with, function);
  const bool nullable = type[0] == "?" || has(type, "null");
  for (const auto& node : empty)
    with.refuse(node,
                std::string("A function with return type must return a value") +
                    (nullable ? " (did you mean \"return null;\" instead of \"return;\"?)" : ""));
}

// "return" where the type is void or never.
void check_nothing(const Compilation& with, const FunctionHead& function) {
  if (!with.since(801)) return;
  const bool never = function.result[0] == "never";
  each_within(with, function.id, [&](const Node& node) {
    if (node.kind != NodeKind::return_) return true;
    if (never)
      with.refuse(node, "A never-returning function must not return");
    else if (node.first != 0)
      with.refuse(node, "A void function must not return a value");
    return true;
  });
}

// Functions in braces; of types in brackets, (A&B)|null, nothing is asked.
void check_returns(const Compilation& with, const FunctionHead& function) {
  const auto& type = function.result;
  if (!function.has_body || type.empty() || has(type, "(")) return;
  const auto& node = with.node(function.id);
  const auto& name = with.node(node.first);
  if (check_type(with, type, name, TypeOf::result)) return;
  if (node.kind == NodeKind::function) check_classless(with, type, name);
  const bool nothing = type.size() == 1 && (type[0] == "void" || type[0] == "never");
  nothing ? check_nothing(with, function) : check_values(with, function);
}

}  // namespace

void check_function(const Compilation& with, NodeId id) {
  const auto& function = with.heads.of_function(id);
  Parameters{with, function}.check();
  check_returns(with, function);
}

}  // namespace stackaudit::syntax::php

// Variables that a condition holds to a list which is written in the code: "if (!in_array($page,
// ['home', 'about'])) $page = 'home';". Each of the list may be asked for. And variables that are
// the visitor's.
#include "stack/php/conditions.hpp"
#include "stack/php/walker.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr std::size_t kMostChoices = 48;

bool is_comparison(Kind op) {
  return op == kIsEqual || op == kIsIdentical || op == kIsNotEqual || op == kIsNotIdentical;
}

}  // namespace

// Whether the code has a way of its own for that word: $page === 'logout', case 'logout'.
bool Walker::is_singled_out(std::string_view word) const {
  const auto is_word = [&](NodeId id) {
    return ast_[id].kind == NodeKind::string && unquote(source(id)) == word;
  };
  return std::ranges::any_of(ast_.nodes, [&](const Node& node) {
    if (node.kind == NodeKind::case_) return is_word(node.first);
    return node.kind == NodeKind::binary && is_comparison(node.op) &&
           (is_word(node.first) || is_word(ast_[node.first].next));
  });
}

std::optional<Walker::Choice> Walker::choice(const Scope& scope, NodeId test) const {
  Choice found;
  if (registered_ || autoloads_) return {};  // a list of classes may name old ones
  if (ast_[test].kind == NodeKind::unary && ast_[test].op == static_cast<Kind>('!')) {
    found.when = false;
    test = ast_[test].first;
  }
  NodeId variable = 0, list = 0;
  bool keys = true;
  if (ast_[test].kind == NodeKind::call) {
    const auto name = lower(base_name(source(ast_[test].first)));
    const auto given = evaluator_.arguments(unit_, test);
    if (given.size() < 2 || (name != "in_array" && name != "array_key_exists")) return {};
    keys = name == "array_key_exists";
    variable = given[0];
    list = given[1];
  } else if (ast_[test].kind == NodeKind::isset) {
    const auto item = ast_[test].first;
    if (ast_[item].kind != NodeKind::index || ast_[item].next != 0) return {};
    list = ast_[item].first;
    variable = ast_[list].next;
  }
  if (variable == 0 || ast_[variable].kind != NodeKind::variable) return {};
  const auto all = evaluator_.value(scope, list);
  if (!all.is_array || all.items.empty() || all.items.size() > kMostChoices) return {};
  std::vector<Value> values;
  for (const auto& item : all.items) {
    auto value = keys ? Value::text(item.key) : item.value;
    if (value.single() == nullptr) return {};
    if (is_singled_out(*value.single()))
      for (auto& text : value.texts) text.unsure = text.open = true;
    values.push_back(std::move(value));
  }
  found.name = source(variable);
  found.value = each(std::move(values));
  return found;
}

// Whether what is asked for is the visitor's, or a variable that was given it.
bool Walker::visitor_chooses(NodeId subject) {
  const auto asked = source(subject);
  if (names_visitor(asked)) return true;
  if (ast_[subject].kind != NodeKind::variable) return false;
  if (!visitors_) {
    visitors_.emplace();
    for (const auto& node : ast_.nodes)
      if (node.kind == NodeKind::assign && names_visitor(source(ast_[node.first].next)))
        visitors_->insert(source(node.first));
  }
  return visitors_->contains(asked);
}

}  // namespace stackaudit::stack::php

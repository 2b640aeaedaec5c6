// A callback is a name in a string, [$object, 'name'] or f(...).
#include "stack/php/called_names.hpp"

#include "stack/php/callers.hpp"
#include "text/suggest.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// array_map('f', $list), array_walk($list, [A::class, 'f']), call_user_func(f(...), 1): what is
// called, as it is written.
CalledName called_back(const Unit& unit, const Node& node) {
  const auto& ast = unit.parsed.ast;
  const auto callback = callback_of(unit, node);
  switch (ast[callback].kind) {
    case NodeKind::string: {
      auto name = Corpus::slice(unit, ast[callback]);
      name = name.substr(1, name.size() - 2);
      const auto colons = name.find("::");
      if (colons != std::string_view::npos) return {name.substr(colons + 2), NodeKind::method_call};
      return {base_name(name), NodeKind::call};
    }
    case NodeKind::array: {
      const auto second = ast[ast[callback].first].next;
      const auto name = second == 0 ? 0 : ast[second].first;
      if (ast[name].kind != NodeKind::string || ast[second].next != 0) return {};
      const auto words = Corpus::slice(unit, ast[name]);
      return {words.substr(1, words.size() - 2), NodeKind::method_call};
    }
    case NodeKind::call:
    case NodeKind::method_call:
    case NodeKind::static_call: {
      const auto [name, how] = called(unit, ast[callback]);
      const bool whole = Corpus::slice(unit, ast[callback]).ends_with("...)");
      return whole && how != NodeKind::variable ? std::pair(name, how) : CalledName{};
    }
    default:
      return {};
  }
}

}  // namespace

CalledName called(const Unit& unit, const Node& node) {
  const auto& ast = unit.parsed.ast;
  const auto slice = [&](NodeId id) { return Corpus::slice(unit, ast[id]); };
  const auto first = node.first;
  switch (node.kind) {
    case NodeKind::call:
      if (ast[first].kind == NodeKind::variable) return {slice(first), NodeKind::variable};
      if (ast[first].kind != NodeKind::name) return {};
      return {base_name(slice(first)), NodeKind::call};
    case NodeKind::method_call:
    case NodeKind::static_call:
      if (ast[ast[first].next].kind != NodeKind::member) return {};
      return {slice(ast[first].next), NodeKind::method_call};
    case NodeKind::new_object:
      if (ast[first].kind != NodeKind::name) return {};
      return {base_name(slice(first)), NodeKind::new_object};
    default:
      return {};
  }
}

ClassesAround::ClassesAround(const Unit& unit) : unit_(unit) {
  for (const auto& node : unit.parsed.ast.nodes)
    if (node.kind == NodeKind::class_declaration) classes_.push_back({&node, 0});
  std::ranges::sort(classes_, {}, [](const Class& each) { return each.node->begin; });
  for (std::size_t i = 1; i < classes_.size(); ++i) {
    auto around = i;  // counted from 1: the one before
    while (around != 0 && classes_[around - 1].node->end < classes_[i].node->end)
      around = classes_[around - 1].around;
    classes_[i].around = around;
  }
  for (const auto& type : unit.symbols.types) types_.emplace(type.begin, &type);
}

CalledName ClassesAround::meant(const Node& node) const {
  auto [name, how] = callback_of(unit_, node) == 0 ? called(unit_, node) : called_back(unit_, node);
  if (how == NodeKind::new_object && (name == "static" || name == "self")) name = own(node);
  if (node.kind == NodeKind::static_call && text::equal_ignoring_case(name, "__construct") &&
      Corpus::slice(unit_, unit_.parsed.ast[node.first]) == "parent")
    return {parent(node), NodeKind::new_object};
  return {name, how};
}

// The innermost class around a node; nullptr for none.
const Node* ClassesAround::of(const Node& node) const {
  const auto behind = std::ranges::lower_bound(classes_, node.begin, {},
                                               [](const Class& each) { return each.node->begin; });
  auto at = static_cast<std::size_t>(behind - classes_.begin());
  while (at != 0 && classes_[at - 1].node->end < node.end) at = classes_[at - 1].around;
  return at == 0 ? nullptr : classes_[at - 1].node;
}

// Its name, as new static() and new self() mean it; empty for none.
std::string_view ClassesAround::own(const Node& node) const {
  const auto* around = of(node);
  if (around == nullptr) return {};
  const auto& name = unit_.parsed.ast[around->first];
  return name.kind == NodeKind::name ? Corpus::slice(unit_, name) : std::string_view{};
}

// Of the class that it extends, as parent::__construct() means it.
std::string_view ClassesAround::parent(const Node& node) const {
  const auto* around = of(node);
  if (around == nullptr) return {};
  const auto type = types_.find(around->begin);
  if (type == types_.end()) return {};
  const auto& bases = type->second->bases;
  const auto base = std::ranges::find(bases, true, &Base::parent);
  return base == bases.end() ? std::string_view{} : base_name(base->name);
}

bool is_own(const Unit& unit, const Node& call, const Node& of_class) {
  const auto& ast = unit.parsed.ast;
  auto owner = call.first;
  if (const auto callback = callback_of(unit, call); callback != 0) {
    owner = ast[callback].first;
    if (ast[callback].kind == NodeKind::array) owner = ast[owner].first;
  }
  auto object = Corpus::slice(unit, ast[owner]);
  if (object == "__CLASS__") object = "self";
  object = object.substr(0, object.find("::class"));
  return of_class.begin < call.begin && call.end < of_class.end &&
         (object == "$this" || object == "self" || object == "static");
}

}  // namespace stackaudit::stack::php

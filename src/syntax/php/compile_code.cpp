// What PHP's compiler refuses of expressions.
#include "syntax/php/compilation.hpp"

#include <algorithm>

namespace stackaudit::syntax::php {
namespace {

constexpr Kind kPlain = static_cast<Kind>('=');
constexpr Kind kReference = static_cast<Kind>('&');

bool is_list(NodeKind kind) {
  return kind == NodeKind::array || kind == NodeKind::list;
}

class Code {
 public:
  explicit Code(const Compilation& with) : with_(with), destructured_(with.ast().nodes.size()) {}

  void check() {
    const auto& nodes = with_.ast().nodes;
    for (NodeId id = 1; id < nodes.size(); ++id) note(id);
    for (NodeId id = 1; id < nodes.size(); ++id) one(id);
    classes();
  }

 private:
  // Lists that are assigned to stand before the assignment, so they are found first.
  void note(NodeId id) {
    const auto& node = with_.node(id);
    switch (node.kind) {
      case NodeKind::assign:
        if (node.op == kPlain) mark(node.first);
        return;
      case NodeKind::foreach:
        for (auto at = with_.node(node.first).next; with_.node(at).next != 0;
             at = with_.node(at).next)
          mark(at);
        return;
      case NodeKind::class_declaration:
      case NodeKind::function:
        declared_.push_back(id);
        return;
      default:
        return;
    }
  }

  void one(NodeId id) {
    const auto& node = with_.node(id);
    switch (node.kind) {
      case NodeKind::assign:
        return assign(node);
      case NodeKind::array:
      case NodeKind::list:
        return list(id);
      case NodeKind::return_:
        if (returns_reference(node)) return;
        [[fallthrough]];
      case NodeKind::binary:
      case NodeKind::echo:
        return with_.each(id, [&](const Node& operand, NodeId) { read(operand); });
      case NodeKind::postfix:
      case NodeKind::unary:
        if (node.op == kInc || node.op == kDec) written(with_.node(node.first));
        return;
      case NodeKind::unset:
        return with_.each(id, [&](const Node& gone, NodeId) { unset(gone); });
      case NodeKind::yield:
        return yields(node);
      case NodeKind::match:
        return defaults(id);
      case NodeKind::isset:
        return with_.each(id, [&](const Node& asked, NodeId) { isset(asked); });
      case NodeKind::call:
      case NodeKind::method_call:
      case NodeKind::static_call:
      case NodeKind::new_object:
        return arguments(id);
      case NodeKind::foreach:
        for (auto at = with_.node(node.first).next; with_.node(at).next != 0;
             at = with_.node(at).next)
          written(with_.node(at));
        [[fallthrough]];
      case NodeKind::global:
        return with_.each(id, [&](const Node& child, NodeId) { this_again(node.kind, child); });
      case NodeKind::declare:
        return with_.each(id, [&](const Node& child, NodeId) { declared(node, child); });
      default:
        return;
    }
  }

  void mark(NodeId id) {
    if (!is_list(with_.node(id).kind)) return;
    std::vector<NodeId> waiting{id};
    while (!waiting.empty()) {
      const auto at = waiting.back();
      waiting.pop_back();
      if (at == 0 || !is_list(with_.node(at).kind) || destructured_[at]) continue;
      destructured_[at] = true;
      with_.each(at, [&](const Node& item, NodeId) {
        const auto first = item.first;
        if (first == 0) return;
        const auto target = with_.node(first).next != 0 ? with_.node(first).next : first;
        const auto kind = with_.node(target).kind;
        if (is_list(kind) && kind != with_.node(at).kind)
          return with_.refuse(with_.node(target), "Cannot mix [] and list()");
        if (!is_list(kind)) assigned(with_.node(target));
        waiting.push_back(target);
      });
    }
  }

  // Whether ?-> is in a chain of members and elements.
  [[nodiscard]] bool is_nullsafe(NodeId id) const {
    for (; id != 0; id = with_.node(id).first) {
      const auto& node = with_.node(id);
      const bool link = node.kind == NodeKind::property || node.kind == NodeKind::index ||
                        node.kind == NodeKind::method_call;
      if (!link) return false;
      if (node.op == kNullsafeObjectOperator) return true;
    }
    return false;
  }

  // What is to be changed must be a place. Whether it was refused.
  bool written(const Node& target) const {
    std::string said;
    if (target.kind == NodeKind::call) said = "Can't use function return value in write context";
    if (target.kind == NodeKind::method_call || target.kind == NodeKind::static_call)
      said = "Can't use method return value in write context";
    if (said.empty() && is_nullsafe(id_of(target)))
      said = "Can't use nullsafe operator in write context";
    if (said.empty() && is_element_of_value(target))
      said = "Cannot use temporary expression in write context";
    if (!said.empty()) with_.refuse(target, said);
    return !said.empty();
  }

  // One of [$a, $b] = ...
  void assigned(const Node& target) const {
    if (!written(target) && !is_place(target.kind))
      with_.refuse(target, "Assignments can only happen to writable values");
  }

  // FOO['a'], "text"[0]: what is written into is no variable.
  [[nodiscard]] bool is_element_of_value(const Node& target) const {
    const auto* base = &target;
    while (base->kind == NodeKind::index) base = &with_.node(base->first);
    const bool value = base->kind == NodeKind::name || base->kind == NodeKind::string ||
                       base->kind == NodeKind::interpolated || base->kind == NodeKind::array ||
                       base->kind == NodeKind::class_constant || base->kind == NodeKind::magic;
    return value && target.kind == NodeKind::index;
  }

  [[nodiscard]] NodeId id_of(const Node& node) const {
    return static_cast<NodeId>(&node - with_.ast().nodes.data());
  }

  void unset(const Node& gone) const {
    if (written(gone)) return;
    if (with_.slice(gone) == "$this") with_.refuse(gone, "Cannot unset $this");
  }

  void yields(const Node& node) const {
    if (with_.heads.around(id_of(node)) == nullptr)
      with_.refuse(node, "The \"yield\" expression can only be used inside a function");
  }

  void assign(const Node& node) const {
    const auto& target = with_.node(node.first);
    const auto value = target.next;
    if (written(target) || value == 0) return;
    if (node.op != kReference) return read(with_.node(value));
    if (is_nullsafe(value))
      return with_.refuse(with_.node(value), "Cannot take reference of a nullsafe chain");
    const auto kind = with_.node(value).kind;
    if (is_element_of_value(with_.node(value)))
      with_.refuse(with_.node(value), "Cannot use temporary expression in write context");
    if (kind == NodeKind::new_object && with_.since(700))
      with_.refuse(with_.node(value), "syntax error, unexpected token \"new\"");
    if (kind == NodeKind::number || kind == NodeKind::string || kind == NodeKind::array)
      with_.refuse(with_.node(value), "Cannot assign reference to non referenceable value");
  }

  // "return $a[];" adds an element where a function gives a reference.
  [[nodiscard]] bool returns_reference(const Node& node) const {
    if (node.first == 0 || with_.node(node.first).kind != NodeKind::index) return false;
    const auto& array = with_.node(with_.node(node.first).first);
    if (array.next != 0) return false;  // an element that has a name
    const auto* function = with_.heads.around(id_of(node));
    return function != nullptr && function->reference;
  }

  // $a[] has no value.
  void read(const Node& node) const {
    if (node.kind == NodeKind::index && with_.node(node.first).next == 0)
      with_.refuse(node, "Cannot use [] for reading");
  }

  void list(NodeId id) const {
    const auto& node = with_.node(id);
    std::size_t items = 0, empty = 0, keyed = 0, spread = 0;
    with_.each(id, [&](const Node& item, NodeId) {
      ++items;
      empty += item.first == 0 ? 1 : 0;
      spread += item.op == kEllipsis ? 1 : 0;
      keyed += item.first != 0 && with_.node(item.first).next != 0 ? 1 : 0;
    });
    if (!destructured_[id]) {
      if (node.kind == NodeKind::list)
        return with_.refuse(node, "syntax error, \"=\" is missing behind list()");
      if (empty > 0) with_.refuse(node, "Cannot use empty array elements in arrays");
      return;
    }
    if (items == empty) return with_.refuse(node, "Cannot use empty list");
    if (spread > 0) return with_.refuse(node, "Spread operator is not supported in assignments");
    if (keyed > 0 && empty > 0)
      return with_.refuse(node, "Cannot use empty array entries in keyed array assignment");
    if (keyed > 0 && keyed < items - empty)
      with_.refuse(node, "Cannot mix keyed and unkeyed array entries in assignments");
  }

  void defaults(NodeId id) const {
    bool seen = false;
    with_.each(id, [&](const Node& arm, NodeId) {
      if (arm.kind != NodeKind::match_arm || arm.op != kDefault) return;
      if (seen) with_.refuse(arm, "Match expressions may only contain one default arm");
      seen = true;
    });
  }

  void isset(const Node& asked) const {
    if (is_place(asked.kind)) return;
    with_.refuse(asked,
                 "Cannot use isset() on the result of an expression (you can use \"null !== "
                 "expression\" instead)");
  }

  void arguments(NodeId id) const {
    bool named = false, unpacked = false;
    with_.each(id, [&](const Node& argument, NodeId) {
      if (argument.kind != NodeKind::argument) return;
      if (argument.first == 0) {
        if (with_.node(id).kind == NodeKind::new_object)
          with_.refuse(argument, "Cannot create Closure for new expression");
        else if (named || unpacked || argument.next != 0)
          with_.refuse(argument, "syntax error, \"...\" takes no other arguments beside it");
        return;
      }
      // A named argument begins before its value, with its name.
      const bool spread = argument.op == kEllipsis;
      const bool has_name = !spread && is_named(argument);
      if (!spread && !has_name && named)
        with_.refuse(argument, "Cannot use positional argument after named argument");
      else if (spread && named)
        with_.refuse(argument, "Cannot use argument unpacking after named arguments");
      else if (!spread && !has_name && unpacked)
        with_.refuse(argument, "Cannot use positional argument after argument unpacking");
      named = named || has_name;
      unpacked = unpacked || spread;
    });
  }

  [[nodiscard]] bool is_named(const Node& argument) const {
    const auto& value = with_.node(argument.first);
    if (value.begin <= argument.begin) return false;
    const auto before = words(with_.text, argument.begin, value.begin);
    return before.size() >= 2 && before[1] == ":";
  }

  void this_again(NodeKind kind, const Node& child) const {
    if (child.kind != NodeKind::variable || with_.slice(child) != "$this") return;
    if (kind == NodeKind::global) with_.refuse(child, "Cannot use $this as global variable");
    // The subject of a foreach may be $this.
    const bool target =
        child.next != 0 &&
        with_.text.substr(0, child.begin).find_last_not_of(" \t\r\n") != std::string_view::npos;
    const auto before = target ? with_.text.find_last_not_of(" \t\r\n", child.begin - 1) : 0;
    if (kind == NodeKind::foreach && target && with_.text[before] != '(')
      with_.refuse(child, "Cannot re-assign $this");
  }

  void declared(const Node& statement, const Node& child) const {
    if (child.kind != NodeKind::constant) return;
    const auto& name = with_.node(child.first);
    if (name.next == 0) return;
    const auto value = with_.slice(name.next);
    const auto directive = text::lower(with_.slice(name));
    if (directive == "ticks" && with_.node(name.next).kind == NodeKind::variable)
      with_.refuse(name, "declare(ticks) value must be a literal");
    if (directive != "strict_types") return;
    const auto last = with_.ast().last_child(id_of(statement));
    if (value != "0" && value != "1")
      with_.refuse(name, "strict_types declaration must have 0 or 1 as its value");
    else if (with_.node(last).kind != NodeKind::constant)
      with_.refuse(name, "strict_types declaration must not use block mode");
  }

  // A class with a name in a method.
  void classes() const {
    const auto& nodes = with_.ast().nodes;
    std::vector<std::pair<std::uint32_t, bool>> around;  // begins, and is a class
    for (auto at = declared_.rbegin(); at != declared_.rend(); ++at) {
      const auto id = *at;
      const auto kind = nodes[id].kind;
      while (!around.empty() && nodes[id].begin < around.back().first) around.pop_back();
      const auto first = nodes[id].first;
      const bool named = first != 0 && nodes[first].kind == NodeKind::name;
      if (kind == NodeKind::class_declaration && named && !around.empty() && around.back().second)
        with_.refuse(nodes[first], "Class declarations may not be nested");
      around.emplace_back(nodes[id].begin, kind == NodeKind::class_declaration);
    }
  }

  const Compilation& with_;
  std::vector<bool> destructured_;
  std::vector<NodeId> declared_;  // functions and classes, in the order of the tree
};

}  // namespace

void check_code(const Compilation& with) {
  Code(with).check();
}

}  // namespace stackaudit::syntax::php

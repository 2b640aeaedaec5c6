// self, parent and static where no class gives them a meaning. Closures are bound to a class at run
// time and traits know theirs only there. zend_ensure_valid_class_fetch_type(), asked of PHP 8.2.
#include "syntax/php/compilation.hpp"

#include <algorithm>

namespace stackaudit::syntax::php {
namespace {

using text::lower;

// A class or a function around a node.
struct Around {
  std::uint32_t begin = 0;
  bool known = false;  // which class self means, or that it means none
  bool is_class = false;
  bool has_parent = false;
};

class Scopes {
 public:
  explicit Scopes(const Compilation& with) : with_(with) {}

  // From the last node to the first: what stands around a node comes before it.
  void check() {
    for (auto id = static_cast<NodeId>(with_.ast().nodes.size()); --id > 0;) {
      const auto& node = with_.node(id);
      while (!around_.empty() && node.begin < around_.back().begin) around_.pop_back();
      switch (node.kind) {
        case NodeKind::class_declaration:
          around_.push_back(of_class(node));
          break;
        case NodeKind::function:
          around_.push_back({node.begin, true, false, false});
          break;
        case NodeKind::closure:
        case NodeKind::arrow_function:
          around_.push_back({node.begin, false, false, false});
          break;
        case NodeKind::static_call:
        case NodeKind::static_property:
        case NodeKind::class_constant:
        case NodeKind::new_object:
          used(with_.node(node.first));
          break;
        default:
          break;
      }
    }
  }

 private:
  [[nodiscard]] Around of_class(const Node& node) const {
    const auto& name = with_.node(node.first);
    if (node.first == 0 || name.kind != NodeKind::name) return {node.begin, false, true, false};
    const auto kind = words(with_.text, node.begin, name.begin);
    const auto until = name.next != 0 ? with_.node(name.next).begin : node.end;
    auto head = words(with_.text, name.end, until);
    head.erase(std::ranges::find(head, "{"), head.end());
    const bool is_class = std::ranges::find(kind, "class") != kind.end();
    const bool extends = std::ranges::find(head, "extends") != head.end();
    return {node.begin, std::ranges::find(kind, "trait") == kind.end(), true, is_class && extends};
  }

  void used(const Node& name) const {
    if (around_.empty() || !around_.back().known || !with_.since(700)) return;
    const auto word = lower(with_.slice(name));
    if (word != "self" && word != "parent" && word != "static") return;
    const auto& scope = around_.back();
    if (!scope.is_class)
      with_.refuse(name, "Cannot use \"" + word + "\" when no class scope is active");
    else if (word == "parent" && !scope.has_parent)
      with_.refuse(name, "Cannot use \"parent\" when current class scope has no parent");
  }

  const Compilation& with_;
  std::vector<Around> around_;  // outermost first
};

}  // namespace

void check_scopes(const Compilation& with) {
  Scopes(with).check();
}

}  // namespace stackaudit::syntax::php

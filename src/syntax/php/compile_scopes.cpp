// self, parent and static where no class gives them a meaning. Closures are bound to a class at run
// time and traits know theirs only there. zend_ensure_valid_class_fetch_type(), asked of PHP 8.2.
#include "syntax/php/compilation.hpp"

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

void classless(const Compilation& with, const Node& where, const std::string& word) {
  with.refuse(where, "Cannot use \"" + word + "\" when no class scope is active");
}

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
          around_.push_back(of_class(with_.heads.of_class(id)));
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
  [[nodiscard]] Around of_class(const ClassHead& head) const {
    return {with_.node(head.id).begin, head.name != 0 && head.kind != "trait", true,
            head.kind == "class" && !head.parents.empty()};
  }

  void used(const Node& name) const {
    if (around_.empty() || !around_.back().known || !with_.since(700)) return;
    const auto word = lower(with_.slice(name));
    if (word != "self" && word != "parent" && word != "static") return;
    const auto& scope = around_.back();
    if (!scope.is_class)
      classless(with_, name, word);
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

void check_classless(const Compilation& with, const Words& type, const Node& where) {
  if (!with.since(700)) return;
  for (const auto* word : {"self", "parent", "static"})
    if (has(type, word)) return classless(with, where, word);
}

}  // namespace stackaudit::syntax::php

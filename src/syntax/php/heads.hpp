// The heads of declarations, read once for all checks of the compiler: the words in front of the
// names of classes, members, functions and parameters, and their types. The tree keeps none of
// them.
#pragma once

#include "syntax/php/ast.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::php {

using Words = std::vector<std::string>;

// The words between two places in lower case, without comments, attributes and blanks; signs are
// words of their own, "..." is one.
[[nodiscard]] Words words(std::string_view text, std::uint32_t begin, std::uint32_t end);
[[nodiscard]] bool has(const Words& words, std::string_view word);

[[nodiscard]] inline bool is_function(NodeKind kind) {
  return kind == NodeKind::function || kind == NodeKind::method || kind == NodeKind::closure ||
         kind == NodeKind::arrow_function;
}

// All words but a class's own name are in lower case.
struct ClassHead {
  NodeId id = 0;
  NodeId name = 0;  // none: an anonymous class, of which nothing else is known
  std::string called = "class@anonymous";
  std::string kind = "class";  // or interface, trait, enum
  Words modifiers;
  Words backing;             // the type behind the ":" of an enum
  Words parents, contracts;  // what it extends and implements
};

// Of a declaration of properties or constants.
struct MemberHead {
  NodeId id = 0;
  Words modifiers, type;
};

// Modifiers make a property of it.
struct ParameterHead : MemberHead {
  bool reference = false, variadic = false;
};

struct FunctionHead {
  NodeId id = 0;
  std::string name;  // in lower case; none of closures
  Words modifiers;
  bool reference = false;  // "function &f()"
  bool has_body = false;   // in braces
  std::vector<ParameterHead> parameters;
  Words result;
};

class Heads {
 public:
  // Both must outlive it.
  Heads(std::string_view text, const Ast& ast);

  // Of a node that is such a declaration.
  [[nodiscard]] const ClassHead& of_class(NodeId id) const;
  [[nodiscard]] const FunctionHead& of_function(NodeId id) const;
  [[nodiscard]] const MemberHead& of_member(NodeId id) const;
  // The innermost function around a node; nullptr where there is none.
  [[nodiscard]] const FunctionHead* around(NodeId id) const;

 private:
  [[nodiscard]] ClassHead read_class(NodeId id) const;
  [[nodiscard]] FunctionHead read_function(NodeId id) const;
  [[nodiscard]] ParameterHead read_parameter(NodeId id) const;
  [[nodiscard]] MemberHead read_member(NodeId id) const;
  void find_outer();

  std::string_view text_;
  const Ast& ast_;
  // In the order of the tree.
  std::vector<ClassHead> classes_;
  std::vector<FunctionHead> functions_;
  std::vector<MemberHead> members_;
  std::vector<std::size_t> outer_;  // of each function the one around it; their number: none
};

}  // namespace stackaudit::syntax::php

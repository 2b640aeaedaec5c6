// The syntax tree of a PHP file: nodes in one vector, each knowing its first child and its next
// sibling by index. Types, modifiers and attributes are checked by the parser and not kept.
#pragma once

#include "syntax/php/token.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::php {

enum class NodeKind : std::uint8_t {
  none,
  // expressions
  variable,           // $name; the span is the whole of it
  variable_variable,  // $$a, ${expr}: expr
  string,             // one literal token, quotes included
  interpolated,       // parts, among them text; of "...", heredoc, nowdoc
  text,               // literal bytes of an interpolated string, escapes not undone
  number,
  name,             // a constant, function or class by name
  magic,            // __DIR__ and its kin: op is the token
  array,            // array_item...
  array_item,       // value, or key value; op is kEllipsis for ...value
  list,             // array_item...; list() alone, [] is an array
  index,            // base, offset; the offset may be missing
  property,         // object, member
  static_property,  // class, variable
  class_constant,   // class, member
  call,             // callee, argument...
  method_call,      // object, member, argument...
  static_call,      // class, member, argument...
  new_object,       // class, argument...; or class_declaration
  member,           // a name after -> or ::, or an expression in braces as its child
  argument,         // value; op is kEllipsis for ...value; "..." alone has no child
  unary,            // operand; op
  postfix,          // operand; op is kInc or kDec
  binary,           // left, right; op
  assign,           // target, value; op is '=', '&' or the compound operator
  ternary,          // condition, then, else; or condition, else for ?:
  cast,             // operand; op
  silence,          // operand of @
  include,          // operand; op tells which of the four
  isset,            // expression...
  empty,            // expression
  eval,             // expression
  exit,             // expression or nothing
  print,            // expression
  yield,            // nothing, value, or key value; op is kYieldFrom for yield from
  throw_,           // expression
  clone,            // expression
  closure,          // parameter..., block
  arrow_function,   // parameter..., expression
  match,            // subject, match_arm...
  match_arm,        // condition..., value; op is kDefault for the default arm
  backtick,         // parts
  // statements
  block,       // statement...
  expression,  // expression
  echo,        // expression...
  html,        // inline HTML
  if_,         // condition, then, and the else branch, an if_ or any statement
  while_,      // condition, body
  do_,         // body, condition
  for_,        // block of init, block of conditions, block of steps, body
  foreach,     // subject, value, body; or subject, key, value, body, op is kDoubleArrow
  switch_,     // subject, case_...
  case_,       // value, statement...; op is kDefault without a value
  break_,
  continue_,
  return_,     // expression or nothing
  global,      // variable...
  static_,     // assign or variable ...
  unset,       // expression...
  declare,     // constant..., statement
  const_,      // constant...
  constant,    // name, value
  namespace_,  // name or nothing, block or nothing
  use,
  function,              // name, parameter..., block
  parameter,             // variable, default
  class_declaration,     // name or nothing, members
  method,                // name, parameter..., block; without block where it is abstract
  property_declaration,  // variable or assign...
  enum_case,             // name, value
  trait_use,
  try_,    // block, catch_..., finally block
  catch_,  // block
  goto_,
  label,
  halt,
  nop,
};

using NodeId = std::uint32_t;  // 0: none

struct Node {
  std::uint32_t begin = 0;  // bytes of the text
  std::uint32_t end = 0;
  NodeId first = 0;  // child
  NodeId next = 0;   // sibling
  Kind op = kEnd;
  NodeKind kind = NodeKind::none;
};

struct Ast {
  std::vector<Node> nodes{Node{}};
  NodeId root = 0;  // a block

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes[id]; }
  // The nth child, 0 where there are fewer.
  [[nodiscard]] NodeId child(NodeId id, std::size_t n = 0) const;
  [[nodiscard]] NodeId last_child(NodeId id) const;
  [[nodiscard]] std::size_t child_count(NodeId id) const;
};

// The words of a node in the text that was parsed.
[[nodiscard]] inline std::string_view slice(std::string_view text, const Node& node) {
  return text.substr(node.begin, node.end - node.begin);
}

// A compact form for tests: (kind op text children...).
[[nodiscard]] std::string dump(const Ast& ast, std::string_view text);

}  // namespace stackaudit::syntax::php

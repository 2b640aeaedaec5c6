// Walking and printing the tree.
#include "syntax/php/ast.hpp"

#include <array>

namespace stackaudit::syntax::php {
namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"none",   "var",      "varvar",   "str",     "interp",  "text",    "num",      "name",
     "magic",  "array",    "item",     "list",    "index",   "prop",    "sprop",    "cconst",
     "call",   "mcall",    "scall",    "new",     "member",  "arg",     "unary",    "postfix",
     "bin",    "assign",   "ternary",  "cast",    "silence", "include", "isset",    "empty",
     "eval",   "exit",     "print",    "yield",   "throw",   "clone",   "closure",  "fn",
     "match",  "arm",      "backtick", "block",   "expr",    "echo",    "html",     "if",
     "while",  "do",       "for",      "foreach", "switch",  "case",    "break",    "continue",
     "return", "global",   "static",   "unset",   "declare", "const",   "constant", "namespace",
     "use",    "function", "param",    "class",   "method",  "props",   "enumcase", "traituse",
     "try",    "catch",    "goto",     "label",   "halt",    "nop"});
static_assert(kNames.size() == static_cast<std::size_t>(NodeKind::nop) + 1);

bool shows_text(const Node& node) {
  switch (node.kind) {
    case NodeKind::variable:
    case NodeKind::string:
    case NodeKind::text:
    case NodeKind::number:
    case NodeKind::name:
    case NodeKind::magic:
      return true;
    case NodeKind::member:
      return node.first == 0;
    default:
      return false;
  }
}

void open(const Node& node, std::string_view text, std::string& out) {
  if (!out.empty() && out.back() != '(') out += ' ';
  if (shows_text(node)) {
    out += text.substr(node.begin, node.end - node.begin);
    return;
  }
  out += '(';
  out += kNames[static_cast<std::size_t>(node.kind)];
  if (node.op != kEnd) out += " " + token_name(node.op);
}

}  // namespace

NodeId Ast::child(NodeId id, std::size_t n) const {
  auto found = nodes[id].first;
  while (found != 0 && n-- > 0) found = nodes[found].next;
  return found;
}

NodeId Ast::last_child(NodeId id) const {
  auto found = nodes[id].first;
  while (found != 0 && nodes[found].next != 0) found = nodes[found].next;
  return found;
}

std::size_t Ast::child_count(NodeId id) const {
  std::size_t count = 0;
  for (auto found = nodes[id].first; found != 0; found = nodes[found].next) ++count;
  return count;
}

std::string dump(const Ast& ast, std::string_view text) {
  std::string out;
  std::vector<NodeId> open_nodes;
  NodeId at = ast.root;
  while (at != 0) {
    const Node& node = ast[at];
    open(node, text, out);
    if (node.first != 0 && !shows_text(node)) {
      open_nodes.push_back(at);
      at = node.first;
      continue;
    }
    if (!shows_text(node)) out += ')';
    while (ast[at].next == 0 && !open_nodes.empty()) {
      at = open_nodes.back();
      open_nodes.pop_back();
      out += ')';
    }
    at = at == ast.root ? 0 : ast[at].next;
  }
  return out;
}

}  // namespace stackaudit::syntax::php

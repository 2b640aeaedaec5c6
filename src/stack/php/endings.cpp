// A function's statements up to the first that ends the script: no return stands before it.
#include "stack/php/endings.hpp"

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr int kDeepestStatement = 64;

bool is_end(const Ast& ast, NodeId statement) {
  const auto kind = ast[ast[statement].first].kind;
  return ast[statement].kind == NodeKind::expression &&
         (kind == NodeKind::exit || kind == NodeKind::throw_);
}

// Whether a return stands in the statements below a node, before a place.
bool may_return(const Ast& ast, NodeId parent, std::uint32_t until, int depth) {
  if (depth > kDeepestStatement) return true;
  for (auto at = ast[parent].first; at != 0 && ast[at].begin < until; at = ast[at].next)
    if (ast[at].kind == NodeKind::return_ ||
        (ast[at].kind != NodeKind::expression && may_return(ast, at, until, depth + 1)))
      return true;
  return false;
}

}  // namespace

bool never_returns(const Ast& ast, NodeId function) {
  const auto body = ast.last_child(function);
  auto at = ast[body].first;
  while (at != 0 && !is_end(ast, at)) at = ast[at].next;
  return at != 0 && !may_return(ast, body, ast[at].begin, 0);
}

}  // namespace stackaudit::stack::php

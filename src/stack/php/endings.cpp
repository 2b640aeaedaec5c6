// Statements alone are looked at: of a function those up to the first that ends the script, before
// which no return stands.
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

bool is_plain_loop(const Ast& ast, NodeId loop) {
  const auto item = ast[ast[loop].first].next;
  const auto body = ast[item].next;
  if (ast[loop].op == kDoubleArrow || ast[item].kind != NodeKind::variable || body == 0)
    return false;
  const bool block = ast[body].kind == NodeKind::block;
  for (auto at = block ? ast[body].first : body; at != 0; at = block ? ast[at].next : 0)
    if (ast[at].kind != NodeKind::if_ &&
        (ast[at].kind != NodeKind::expression || ast[ast[at].first].kind != NodeKind::assign))
      return false;
  return true;
}

}  // namespace stackaudit::stack::php

// Branches and loops, in both syntaxes.
#include "syntax/php/parser.hpp"

namespace stackaudit::syntax::php {

// The body of a loop: one statement, or ":" to the closing keyword.
NodeId Parser::body(int end_keyword) {
  if (failed_) return 0;
  ++loops_;
  NodeId result = 0;
  if (is(':')) {
    const auto start = begin();
    advance();
    const auto inner = statements({end_keyword, '}'});
    if (expect(end_keyword) && end_of_statement()) result = make(NodeKind::block, start, inner);
  } else {
    result = substatement();
  }
  --loops_;
  return result;
}

NodeId Parser::if_statement() {
  const auto start = begin();
  advance();
  return if_tail(start, false);
}

// After if, elseif or "else if": the rest of the chain, innermost last, without recursion.
NodeId Parser::if_tail(std::uint32_t start, bool alternative) {
  std::vector<NodeId> links;
  bool has_else = false;
  NodeId last = 0;
  while (!failed_ && !has_else) {
    if (!expect('(')) return 0;
    const auto condition = expression();
    if (!expect(')')) return 0;
    if (links.empty()) alternative = is(':');
    NodeId then = 0;
    if (alternative) {
      const auto opened = begin();
      if (!expect(':')) return 0;
      const auto inner = statements({kElseif, kElse, kEndif, '}'});
      then = make(NodeKind::block, opened, inner);
    } else {
      then = substatement();
    }
    if (failed_) return 0;
    links.push_back(make(NodeKind::if_, start, list({condition, then})));
    start = begin();
    if (accept(kElseif)) continue;
    if (!is(kElse)) break;
    if (is(kIf, 1) && !alternative) {
      // "else if (...):" has an endif of its own: leave that to a new statement.
      advance();
      advance();
      auto ahead = pos_;
      int open = 0;
      do {
        open += is('(') ? 1 : is(')') ? -1 : 0;
        advance();
      } while (open > 0 && !is_end());
      const bool other_syntax = is(':');
      pos_ = ahead;
      if (!other_syntax) continue;
      --pos_;
      last = if_statement();
      has_else = true;
      break;
    }
    advance();
    has_else = true;
    if (alternative) {
      const auto opened = begin();
      if (!expect(':')) return 0;
      const auto inner = statements({kEndif, '}'});
      last = make(NodeKind::block, opened, inner);
    } else {
      last = substatement();
    }
  }
  if (failed_) return 0;
  if (alternative) {
    if (!is(kEndif)) return unexpected("\"elseif\" or \"else\" or \"endif\"");
    advance();
    if (!end_of_statement()) return 0;
  }
  for (auto link = links.rbegin(); link != links.rend(); ++link) {
    const auto then = out_.ast.child(*link, 1);
    node(then).next = last;
    node(*link).end = tokens_[pos_ - 1].end;
    last = *link;
  }
  return last;
}

NodeId Parser::while_statement() {
  const auto start = begin();
  advance();
  if (!expect('(')) return 0;
  const auto condition = expression();
  if (!expect(')')) return 0;
  const auto inner = body(kEndwhile);
  return failed_ ? 0 : make(NodeKind::while_, start, list({condition, inner}));
}

NodeId Parser::do_statement() {
  const auto start = begin();
  advance();
  ++loops_;
  const auto inner = substatement();
  --loops_;
  if (!expect(kWhile) || !expect('(')) return 0;
  const auto condition = expression();
  if (!expect(')') || !end_of_statement()) return 0;
  return make(NodeKind::do_, start, list({inner, condition}));
}

NodeId Parser::for_part(int end) {
  const auto start = begin();
  List parts;
  while (!failed_ && !is(end)) {
    append(parts, expression());
    if (!accept(',')) break;
  }
  return expect(end) ? make(NodeKind::block, start, parts) : 0;
}

NodeId Parser::for_statement() {
  const auto start = begin();
  advance();
  if (!expect('(')) return 0;
  List parts;
  append(parts, for_part(';'));
  append(parts, for_part(';'));
  append(parts, for_part(')'));
  append(parts, body(kEndfor));
  return failed_ ? 0 : make(NodeKind::for_, start, parts);
}

NodeId Parser::foreach_target() {
  if (is_ampersand()) advance();
  const auto target = expression(kUnaryPower);
  if (failed_) return 0;
  const auto kind = node(target).kind;
  if (!assignable(target) && kind != NodeKind::array && kind != NodeKind::list) return unexpected();
  return target;
}

NodeId Parser::foreach_statement() {
  const auto start = begin();
  advance();
  if (!expect('(')) return 0;
  List parts;
  append(parts, expression());
  if (!expect(kAs)) return 0;
  append(parts, foreach_target());
  const bool keyed = accept(kDoubleArrow);
  if (keyed) append(parts, foreach_target());
  if (!expect(')')) return 0;
  append(parts, body(kEndforeach));
  return failed_ ? 0 : make(NodeKind::foreach, start, parts, keyed ? kDoubleArrow : kEnd);
}

NodeId Parser::switch_statement() {
  const auto start = begin();
  advance();
  if (!expect('(')) return 0;
  List parts;
  append(parts, expression());
  if (!expect(')')) return 0;
  const bool alternative = accept(':');
  if (!alternative && !expect('{')) return 0;
  accept(';');
  accept(kCloseTag);
  ++loops_;
  while (!failed_ && (is(kCase) || is(kDefault))) append(parts, case_clause());
  --loops_;
  if (alternative ? !expect(kEndswitch) || !end_of_statement() : !expect('}')) return 0;
  return make(NodeKind::switch_, start, parts);
}

NodeId Parser::case_clause() {
  const auto start = begin();
  const auto kind = peek();
  advance();
  List parts;
  if (kind == kCase) append(parts, expression());
  if (!accept(';') && !expect(':')) return 0;
  const auto inner = statements({kCase, kDefault, '}', kEndswitch});
  append(parts, inner.first);
  return failed_ ? 0 : make(NodeKind::case_, start, parts, kind == kDefault ? kDefault : kEnd);
}

}  // namespace stackaudit::syntax::php

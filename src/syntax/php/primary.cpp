// Primary expressions and what may follow them: indices, members, calls.
#include "syntax/php/parser.hpp"

namespace stackaudit::syntax::php {

NodeId Parser::primary(bool& dereferencable) {
  const auto start = begin();
  dereferencable = true;
  switch (static_cast<int>(peek())) {
    case kVariable:
    case '$':
      return variable();
    case '(':
      return parenthesized();
    case '[':
      advance();
      return array_literal(']', NodeKind::array, start);
    case kArray:
      if (!is('(', 1)) break;
      advance();
      advance();
      return array_literal(')', NodeKind::array, start);
    case kString:
    case kNameQualified:
    case kNameFullyQualified:
    case kNameRelative:
    case kReadonly:
    case kEnum:
      return name_expression(dereferencable);
    case kStatic:
      if (is(kFunction, 1) || is(kFn, 1)) {
        advance();
        dereferencable = false;
        return function_like(NodeKind::closure, start);
      }
      if (is(kDoubleColon, 1) || (pos_ > 0 && tokens_[pos_ - 1].kind == kInstanceof))
        return leaf(NodeKind::name);
      break;
    case kNew:
      return new_expression(dereferencable);
    default:
      return scalar(dereferencable);
  }
  return unexpected();
}

NodeId Parser::scalar(bool& dereferencable) {
  const auto start = begin();
  dereferencable = false;
  switch (static_cast<int>(peek())) {
    case kConstantEncapsedString:
      dereferencable = true;
      check_escapes(token());
      return failed_ ? 0 : leaf(NodeKind::string);
    case '"':
      dereferencable = true;
      return interpolated('"', NodeKind::interpolated);
    case '`':
      return interpolated('`', NodeKind::backtick);
    case kStartHeredoc:
      return heredoc();
    case kLnumber:
    case kDnumber:
      return number();
    case kLine:
    case kFile:
    case kDir:
    case kClassC:
    case kTraitC:
    case kMethodC:
    case kFuncC:
    case kNsC:
      dereferencable = true;
      return leaf(NodeKind::magic);
    case kList:
      advance();
      if (!expect('(')) return 0;
      return array_literal(')', NodeKind::list, start);
    case kIsset:
      return listed(NodeKind::isset);
    case kEmpty:
      return listed(NodeKind::empty);
    case kEval:
      return listed(NodeKind::eval);
    case kExit:
      return exit_expression();
    case kAttribute:
      attributes();
      if (is(kStatic)) advance();
      return function_like(NodeKind::closure, start);
    case kFunction:
    case kFn:
      return function_like(NodeKind::closure, start);
    case kMatch:
      return match_expression();
    default:
      return unexpected();
  }
}

NodeId Parser::parenthesized() {
  advance();
  const auto inner = expression();
  if (!expect(')')) return 0;
  parenthesized_ = inner;
  return inner;
}

NodeId Parser::number() {
  const auto digits = word();
  const bool octal = digits.size() > 1 && digits[0] == '0' && is(kLnumber) &&
                     (digits[1] == '_' || (digits[1] >= '0' && digits[1] <= '9'));
  if (octal && digits.find_first_of("89") != std::string_view::npos)
    return refuse(span(token()), "Invalid numeric literal", "a leading 0 means octal digits");
  return leaf(NodeKind::number);
}

// $name, $$name, ${expr}.
NodeId Parser::variable() {
  if (is(kVariable)) return leaf(NodeKind::variable);
  const Deeper deeper(*this);
  const auto start = begin();
  if (!expect('$')) return 0;
  NodeId inner = 0;
  if (accept('{')) {
    inner = expression();
    if (!expect('}')) return 0;
  } else if (is(kVariable) || is('$')) {
    inner = variable();
  } else {
    return unexpected("variable or \"{\" or \"$\"");
  }
  return failed_ ? 0 : make(NodeKind::variable_variable, start, list({inner}));
}

NodeId Parser::name_expression(bool& dereferencable) {
  if (is(kReadonly) && !is('(', 1)) return unexpected();
  const auto start = begin();
  const auto name = leaf(NodeKind::name);
  dereferencable = true;
  if (!is('(')) return name;
  List parts = list({name});
  if (slice(tokens_[pos_ - 1]).size() == 6) out_.constants = true;  // define
  return arguments(parts) ? make(NodeKind::call, start, parts) : 0;
}

NodeId Parser::index_access(NodeId base) {
  const int close = is('{') ? '}' : ']';
  advance();
  List parts = list({base});
  if (!is(close) || close == '}') append(parts, expression());
  return expect(close) ? make(NodeKind::index, node(base).begin, parts) : 0;
}

// The name after -> or ::, a variable, or an expression in braces.
NodeId Parser::member_access(NodeId object) {
  const auto op = peek();
  advance();
  NodeId name = 0;
  const auto start = begin();
  if (is_identifier())
    name = leaf(NodeKind::member);
  else if (is(kVariable) || is('$'))
    name = make(NodeKind::member, start, list({variable()}));
  else if (accept('{')) {
    const auto inner = expression();
    if (!expect('}')) return 0;
    name = make(NodeKind::member, start, list({inner}));
  } else
    return unexpected("identifier or variable or \"{\" or \"$\"");
  if (failed_) return 0;
  List parts = list({object, name});
  if (!is('(')) return make(NodeKind::property, node(object).begin, parts, op);
  if (slice(tokens_[pos_ - 1]) == "define") out_.constants = true;
  return arguments(parts) ? make(NodeKind::method_call, node(object).begin, parts, op) : 0;
}

NodeId Parser::static_access(NodeId scope) {
  advance();
  const auto start = begin();
  List parts = list({scope});
  if (is(kVariable) || is('$')) {
    append(parts, variable());
    if (failed_) return 0;
    if (!is('(')) return make(NodeKind::static_property, node(scope).begin, parts);
  } else if (is_identifier()) {
    append(parts, leaf(NodeKind::member));
    if (!is('(')) return make(NodeKind::class_constant, node(scope).begin, parts);
  } else if (accept('{')) {
    const auto inner = expression();
    if (!expect('}')) return 0;
    append(parts, make(NodeKind::member, start, list({inner})));
    if (!is('(') && at_least(803)) return make(NodeKind::class_constant, node(scope).begin, parts);
  } else {
    return unexpected();
  }
  return arguments(parts) ? make(NodeKind::static_call, node(scope).begin, parts) : 0;
}

// $a{0}: before PHP 8 everywhere, since then still in isset() and empty().
bool Parser::takes_braces(NodeKind base) const {
  const bool element = base == NodeKind::variable || base == NodeKind::index ||
                       base == NodeKind::property || base == NodeKind::static_property;
  return element && (in_isset_ > 0 || options_.version < 800);
}

NodeId Parser::postfix(NodeId base) {
  while (!failed_) {
    const auto kind = out_.ast[base].kind;
    if (is('[') || (is('{') && takes_braces(kind))) {
      base = index_access(base);
    } else if (is(kObjectOperator) || is(kNullsafeObjectOperator)) {
      base = member_access(base);
    } else if (is(kDoubleColon)) {
      base = static_access(base);
    } else if (is('(') && (base == parenthesized_ ||
                           (kind != NodeKind::magic && kind != NodeKind::class_constant))) {
      List parts = list({base});
      const auto start = node(base).begin;
      base = arguments(parts) ? make(NodeKind::call, start, parts) : 0;
    } else {
      return base;
    }
  }
  return 0;
}

bool Parser::arguments(List& into) {
  if (!expect('(')) return false;
  while (!failed_ && !is(')')) {
    append(into, argument());
    if (!accept(',')) break;
    if (is(')') && !at_least(703)) unexpected();
  }
  return expect(')');
}

NodeId Parser::argument() {
  const auto start = begin();
  if (accept(kEllipsis)) {
    if (is(')')) return make(NodeKind::argument, start, {}, kEllipsis);
    const auto value = expression();
    return failed_ ? 0 : make(NodeKind::argument, start, list({value}), kEllipsis);
  }
  if (is_identifier() && is(':', 1)) {
    advance();
    advance();
  }
  const auto value = expression();
  return failed_ ? 0 : make(NodeKind::argument, start, list({value}));
}

NodeId Parser::array_literal(int close, NodeKind kind, std::uint32_t start) {
  const Deeper deeper(*this);
  List items;
  while (!failed_ && !is(close)) {
    if (is(',')) {
      append(items, make(NodeKind::array_item, begin()));
      advance();
      continue;
    }
    append(items, array_item());
    if (!accept(',')) break;
  }
  return expect(close) ? make(kind, start, items) : 0;
}

NodeId Parser::array_item() {
  const auto start = begin();
  if (accept(kEllipsis)) {
    const auto value = expression();
    return failed_ ? 0 : make(NodeKind::array_item, start, list({value}), kEllipsis);
  }
  const bool reference = is_ampersand();
  if (reference) advance();
  List parts;
  append(parts, expression());
  if (!reference && accept(kDoubleArrow)) {
    if (is_ampersand()) advance();
    append(parts, expression());
  }
  return failed_ ? 0 : make(NodeKind::array_item, start, parts);
}

// isset(a, b), empty(a), eval(a).
NodeId Parser::listed(NodeKind kind) {
  const auto start = begin();
  advance();
  if (!expect('(')) return 0;
  List parts;
  const int inside = kind == NodeKind::eval ? 0 : 1;
  in_isset_ += inside;
  do append(parts, expression());
  while (kind == NodeKind::isset && accept(',') && !is(')'));
  in_isset_ -= inside;
  return expect(')') ? make(kind, start, parts) : 0;
}

NodeId Parser::exit_expression() {
  const auto start = begin();
  advance();
  List parts;
  if (accept('(')) {
    if (!is(')')) append(parts, expression());
    if (!expect(')')) return 0;
  }
  return failed_ ? 0 : make(NodeKind::exit, start, parts);
}

}  // namespace stackaudit::syntax::php

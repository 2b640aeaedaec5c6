// Statements: lists of them, which is which, and the simple ones.
#include "syntax/php/parser.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::php {

Parser::List Parser::statements(std::initializer_list<int> ends, bool top) {
  List all;
  while (!is_end() && !stop_) {
    if (std::ranges::any_of(ends, [&](int kind) { return is(kind); })) break;
    const auto before = pos_;
    append(all, top ? top_statement() : statement());
    if (!failed_) continue;
    if (stop_) break;
    // Where the brackets of the file do not match, what follows would only be an echo.
    if (!balanced_ || out_.problems.size() >= kMaxProblems) {
      stop_ = true;
      pos_ = tokens_.size();
      break;
    }
    recover(before);
    if (pos_ == before) advance();
    if (!top && is('}')) break;
  }
  return all;
}

NodeId Parser::top_statement() {
  const auto id = [&]() -> NodeId {
    switch (static_cast<int>(peek())) {
      case kNamespace:
        return namespace_statement();
      case kUse:
        return use_statement();
      case kConst:
        return const_statement();
      case kHaltCompiler:
        return halt_statement();
      default:
        return statement();
    }
  }();
  const auto kind = id == 0 ? NodeKind::none : node(id).kind;
  const bool shebang = kind == NodeKind::html && node(id).begin == 0 && text_.starts_with("#!");
  if (kind != NodeKind::declare && kind != NodeKind::nop && kind != NodeKind::namespace_ &&
      !shebang)
    seen_code_ = true;
  return id;
}

bool Parser::end_of_statement() {
  if (failed_) return false;
  if (accept(';') || accept(kCloseTag)) return true;
  unexpected("\";\"");
  return false;
}

bool Parser::starts_declaration() const {
  switch (static_cast<int>(peek())) {
    case kAbstract:
    case kFinal:
    case kClass:
    case kTrait:
    case kInterface:
    case kEnum:
      return true;
    case kReadonly:
      return !is('(', 1);
    default:
      return false;
  }
}

NodeId Parser::statement() {
  if (failed_) return 0;
  const Deeper deeper(*this);
  if (failed_) return 0;
  if (is(kAttribute)) {
    const auto start = pos_;
    attributes();
    if (failed_) return 0;
    if (!starts_declaration() && !(is(kFunction) && (is_identifier(1) || is_identifier(2))))
      pos_ = start;
  }
  if (starts_declaration()) return class_declaration();
  switch (static_cast<int>(peek())) {
    case '{':
      return block();
    case kIf:
      return if_statement();
    case kWhile:
      return while_statement();
    case kDo:
      return do_statement();
    case kFor:
      return for_statement();
    case kForeach:
      return foreach_statement();
    case kSwitch:
      return switch_statement();
    case kBreak:
    case kContinue:
    case kReturn:
      return jump_statement();
    case kGlobal:
      return variables_statement(NodeKind::global);
    case kUnset:
      return variables_statement(NodeKind::unset);
    case kStatic:
      if (is(kVariable, 1)) return static_statement();
      return expression_statement();
    case kEcho:
    case kOpenTagWithEcho:
      return echo_statement();
    case kInlineHtml:
      return html();
    case ';':
    case kCloseTag:
      return leaf(NodeKind::nop);
    case kTry:
      return try_statement();
    case kDeclare:
      return declare_statement();
    case kGoto:
      return label_or_goto();
    case kString:
      return is(':', 1) ? label_or_goto() : expression_statement();
    case kFunction:
      if (is_identifier(1) || (is_ampersand(1) && is_identifier(2))) return function_declaration();
      return expression_statement();
    default:
      return expression_statement();
  }
}

NodeId Parser::expression_statement() {
  const auto start = begin();
  const auto value = expression();
  return end_of_statement() ? make(NodeKind::expression, start, list({value})) : 0;
}

NodeId Parser::block() {
  const auto start = begin();
  if (!expect('{')) return 0;
  const auto inner = statements({'}'});
  return expect('}') ? make(NodeKind::block, start, inner) : 0;
}

// The one statement that if, else and loops take: no declaration.
NodeId Parser::substatement() {
  if (failed_) return 0;
  if (starts_declaration()) return unexpected();
  if (is(kFunction) && is_identifier(1) && is('(', 2)) {
    advance();
    return unexpected("\"(\"");
  }
  return statement();
}

NodeId Parser::jump_statement() {
  const auto start = begin();
  const auto kind = peek();
  advance();
  List parts;
  if (!is(';') && !is(kCloseTag)) append(parts, expression());
  if (!end_of_statement()) return 0;
  if (kind == kReturn) return make(NodeKind::return_, start, parts);
  const bool is_break = kind == kBreak;
  const auto id = make(is_break ? NodeKind::break_ : NodeKind::continue_, start, parts);
  const auto said = std::string("'") + (is_break ? "break" : "continue") + "'";
  if (loops_ == 0 && at_least(700))
    return refuse(span(id), said + " not in the 'loop' or 'switch' context");
  return check_levels(id, parts.first, said);
}

// The number behind break and continue.
NodeId Parser::check_levels(NodeId id, NodeId count, const std::string& said) {
  if (count == 0) return id;
  const auto digits = text_.substr(node(count).begin, node(count).end - node(count).begin);
  if (node(count).kind != NodeKind::number ||
      digits.find_first_not_of("0123456789") != std::string_view::npos)
    return refuse(span(id), said + " operator with non-integer operand is no longer supported");
  int levels = 0;
  for (const char digit : digits.substr(0, 6)) levels = levels * 10 + (digit - '0');
  if (levels == 0) return refuse(span(id), said + " operator accepts only positive integers");
  if (levels > loops_ && at_least(700))
    return refuse(span(id), "Cannot " + said + " " + std::to_string(levels) +
                                (levels == 1 ? " level" : " levels"));
  return id;
}

NodeId Parser::echo_statement() {
  const auto start = begin();
  advance();
  List parts;
  do append(parts, expression());
  while (accept(','));
  return end_of_statement() ? make(NodeKind::echo, start, parts) : 0;
}

// global $a, $b; unset($a, $b);
NodeId Parser::variables_statement(NodeKind kind) {
  const auto start = begin();
  advance();
  List parts;
  if (kind == NodeKind::unset && !expect('(')) return 0;
  do {
    const auto operand = kind == NodeKind::unset ? expression() : variable();
    if (failed_ || !assignable(operand)) return unexpected();
    append(parts, operand);
  } while (accept(',') && !is(')'));
  if (kind == NodeKind::unset && !expect(')')) return 0;
  return end_of_statement() ? make(kind, start, parts) : 0;
}

// "$name" or "$name = value".
bool Parser::initialized_variable(List& parts) {
  if (!is(kVariable)) return unexpected("variable") != 0;
  const auto name = leaf(NodeKind::variable);
  const auto at = node(name).begin;
  append(parts, accept('=')
                    ? make(NodeKind::assign, at, list({name, expression()}), static_cast<Kind>('='))
                    : name);
  return true;
}

NodeId Parser::static_statement() {
  const auto start = begin();
  advance();
  List parts;
  do {
    if (!initialized_variable(parts)) return 0;
  } while (accept(','));
  return end_of_statement() ? make(NodeKind::static_, start, parts) : 0;
}

NodeId Parser::declare_statement() {
  const auto start = begin();
  const auto& keyword = token();
  advance();
  if (!expect('(')) return 0;
  List parts;
  bool strict = false;
  do {
    strict = strict || word() == "strict_types";
    const auto at = begin();
    if (!is_identifier()) return unexpected("identifier");
    const auto name = leaf(NodeKind::name);
    if (!expect('=')) return 0;
    append(parts, make(NodeKind::constant, at, list({name, expression()})));
  } while (accept(','));
  if (!expect(')')) return 0;
  if (strict && (seen_code_ || depth_ > 1))
    return refuse(span(keyword),
                  "strict_types declaration must be the very first statement in the script");
  if (!accept(';') && !accept(kCloseTag)) {
    const auto loops = loops_;
    append(parts, body(kEnddeclare));
    loops_ = loops;
  }
  return failed_ ? 0 : make(NodeKind::declare, start, parts);
}

NodeId Parser::try_statement() {
  const auto start = begin();
  advance();
  List parts;
  append(parts, block());
  bool handled = false;
  while (!failed_ && is(kCatch)) {
    const auto at = begin();
    advance();
    if (!expect('(')) return 0;
    do {
      if (!skip_name()) return 0;
    } while (accept('|'));
    if (is(kVariable) && word() == "$this") return refuse(span(token()), "Cannot re-assign $this");
    if (is(kVariable)) advance();
    if (!expect(')')) return 0;
    append(parts, make(NodeKind::catch_, at, list({block()})));
    handled = true;
  }
  if (!failed_ && accept(kFinally)) {
    append(parts, block());
    handled = true;
  }
  if (failed_) return 0;
  if (!handled) return refuse({file_, start, start + 3}, "Cannot use try without catch or finally");
  return make(NodeKind::try_, start, parts);
}

NodeId Parser::label_or_goto() {
  const auto start = begin();
  if (accept(kGoto)) {
    if (!expect(kString) || !end_of_statement()) return 0;
    return make(NodeKind::goto_, start);
  }
  advance();
  advance();
  return make(NodeKind::label, start);
}

}  // namespace stackaudit::syntax::php

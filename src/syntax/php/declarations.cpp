// Declarations: namespaces, functions, parameters, types, attributes.
#include "syntax/php/parser.hpp"

#include <algorithm>
#include <utility>

namespace stackaudit::syntax::php {

bool Parser::skip_name() {
  if (failed_) return false;
  if (is_name() || is(kEnum)) {
    advance();
    return true;
  }
  unexpected("identifier");
  return false;
}

bool Parser::name_list() {
  do {
    if (!skip_name()) return false;
  } while (accept(','));
  return true;
}

NodeId Parser::namespace_statement() {
  const auto start = begin();
  const auto& keyword = token();
  if (seen_code_ && !namespaced_)
    return refuse(span(keyword),
                  "Namespace declaration statement has to be the very first statement or after any "
                  "declare call in the script");
  advance();
  List parts;
  // Since version 8 any other keyword will do as well.
  if ((is_identifier() && !is(kNamespace)) || is(kNameQualified)) {
    append(parts, leaf(NodeKind::name));
    if (accept(';') || accept(kCloseTag)) {
      namespaced_ = true;
      return make(NodeKind::namespace_, start, parts);
    }
  }
  if (!is('{')) return unexpected("\"{\"");
  advance();
  const auto opened = begin();
  const auto inner = statements({'}'}, true);
  seen_code_ = false;
  if (!expect('}')) return 0;
  append(parts, make(NodeKind::block, opened, inner));
  return make(NodeKind::namespace_, start, parts);
}

// One name of a use list, with its alias or its group.
bool Parser::use_clause(bool group) {
  if (is(kFunction) || is(kConst)) advance();
  if (!skip_name()) return false;
  if (!group && accept(kNsSeparator)) {
    if (!expect('{')) return false;
    do {
      if (!use_clause(true)) return false;
    } while (accept(',') && !is('}'));
    return expect('}');
  }
  return !accept(kAs) || expect(kString);
}

NodeId Parser::use_statement() {
  const auto start = begin();
  advance();
  do {
    if (!use_clause(false)) return 0;
  } while (accept(','));
  return end_of_statement() ? make(NodeKind::use, start) : 0;
}

NodeId Parser::const_statement() {
  const auto start = begin();
  out_.constants = true;
  advance();
  List parts;
  do {
    const auto at = begin();
    if (!is(kString) && !is(kEnum)) return unexpected("identifier");
    const auto name = leaf(NodeKind::name);
    if (!expect('=')) return 0;
    append(parts, make(NodeKind::constant, at, list({name, expression()})));
  } while (accept(','));
  return end_of_statement() ? make(NodeKind::const_, start, parts) : 0;
}

NodeId Parser::halt_statement() {
  const auto start = begin();
  advance();
  if (!expect('(') || !expect(')') || !end_of_statement()) return 0;
  pos_ = tokens_.size();
  stop_ = true;
  return make(NodeKind::halt, start);
}

NodeId Parser::function_declaration() {
  const auto start = begin();
  advance();
  if (is_ampersand()) advance();
  if (!is(kString) && !is(kReadonly) && !is(kEnum)) return unexpected("\"(\"");
  List parts = list({leaf(NodeKind::name)});
  if (!parameters(parts) || !return_type()) return 0;
  if (!is('{')) return unexpected("\"{\"");
  const auto loops = std::exchange(loops_, 0);
  append(parts, block());
  loops_ = loops;
  return failed_ ? 0 : make(NodeKind::function, start, parts);
}

bool Parser::parameters(List& into) {
  if (!expect('(')) return false;
  while (!failed_ && !is(')')) {
    append(into, parameter());
    if (!accept(',')) break;
  }
  return expect(')');
}

bool Parser::modifiers() {
  bool any = false, access = false;
  std::vector<Kind> seen;
  for (;;) {
    const auto kind = peek();
    const bool opens = kind == kPublic || kind == kProtected || kind == kPrivate;
    const bool again = std::ranges::find(seen, kind) != seen.end();
    // public private(set) is of PHP 8.4.
    if (opens && access && !at_least(804)) {
      refuse(span(token()), "Multiple access type modifiers are not allowed");
      return any;
    }
    const bool modifies = opens || kind == kStatic || kind == kAbstract || kind == kFinal ||
                          kind == kReadonly || kind == kVar;
    const bool lone = kind == kVar || (!seen.empty() && seen.front() == kVar);
    if (modifies && lone && !seen.empty()) {
      unexpected("variable");
      return any;
    }
    if (again && (kind == kStatic || kind == kAbstract || kind == kFinal || kind == kReadonly)) {
      refuse(span(token()), "Multiple " + std::string(word()) + " modifiers are not allowed");
      return any;
    }
    access = access || opens;
    seen.push_back(kind);
    switch (static_cast<int>(peek())) {
      case kPublic:
      case kProtected:
      case kPrivate:
        // public(set), PHP 8.4
        if (is('(', 1) && is(kString, 2) && word(2) == "set" && is(')', 3) && at_least(804)) {
          advance();
          advance();
          advance();
        }
        break;
      case kStatic:
      case kAbstract:
      case kFinal:
      case kReadonly:
      case kVar:
        break;
      default:
        return any;
    }
    advance();
    any = true;
  }
}

NodeId Parser::parameter() {
  const auto start = begin();
  if (is(kAttribute)) attributes();
  if (failed_) return 0;
  const auto from = pos_;
  modifiers();
  for (auto at = from; at < pos_ && !failed_; ++at)  // what promotes is none of these
    if (const auto kind = tokens_[at].kind;
        kind == kStatic || kind == kAbstract || kind == kFinal || kind == kVar) {
      pos_ = at;
      return unexpected("variable");
    }
  if (!is(kVariable) && !is_ampersand() && !is(kEllipsis) && !type()) return 0;
  if (is_ampersand()) advance();
  accept(kEllipsis);
  if (!is(kVariable)) return unexpected("variable");
  List parts = list({leaf(NodeKind::variable)});
  if (accept('=')) append(parts, expression());
  if (is('{') && at_least(804) && !property_hooks()) return 0;
  return failed_ ? 0 : make(NodeKind::parameter, start, parts);
}

// A type: ?T, A|B, A&B, (A&B)|null. Only a function returns static.
bool Parser::type(bool returned) {
  if (failed_) return false;
  const Deeper deeper(*this);
  const bool nullable = accept('?');
  for (;;) {
    if (is('(') && !nullable) {
      advance();
      if (!type() || !expect(')')) return false;
    } else if (is(kArray) || is(kCallable) || (is(kStatic) && returned) || is(kEnum)) {
      advance();
    } else if (!skip_name()) {
      return false;
    }
    if (nullable) return !failed_;
    if (is('|') || is(kAmpersandNotFollowedByVarOrVararg))
      advance();
    else
      return !failed_;
  }
}

bool Parser::return_type() {
  if (failed_) return false;
  return !accept(':') || type(true);
}

void Parser::attributes() {
  while (!failed_ && accept(kAttribute)) {
    do {
      if (!skip_name()) return;
      List ignored;
      if (is('(') && !arguments(ignored)) return;
    } while (accept(',') && !is(']'));
    if (!expect(']')) return;
  }
}

}  // namespace stackaudit::syntax::php

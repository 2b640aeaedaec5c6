// Classes, interfaces, traits and enumerations.
#include "syntax/php/parser.hpp"

#include <algorithm>
#include <utility>

namespace stackaudit::syntax::php {

NodeId Parser::class_declaration() {
  const auto start = begin();
  bool abstract = false, final = false;
  std::vector<Kind> seen;
  for (; is(kAbstract) || is(kFinal) || is(kReadonly); advance()) {
    if (std::ranges::find(seen, peek()) != seen.end())
      return refuse(span(token()),
                    "Multiple " + std::string(word()) + " modifiers are not allowed");
    seen.push_back(peek());
    abstract = abstract || is(kAbstract);
    final = final || is(kFinal);
    if (abstract && final)
      return refuse(span(token()), "Cannot use the final modifier on an abstract class");
  }
  const auto kind = peek();
  const bool plain = kind == kTrait || kind == kInterface || kind == kEnum;
  if (kind != kClass && (!plain || !seen.empty()))
    return unexpected("\"abstract\" or \"final\" or \"readonly\" or \"class\"");
  advance();
  if (!is(kString) && !is(kEnum)) return unexpected("identifier");
  const auto name = leaf(NodeKind::name);
  if (kind == kEnum && accept(':') && !type()) return 0;
  if (kind != kInterface && is(kExtends) && (is(',', 2) || kind != kClass)) {
    advance();
    advance();
    return unexpected("\"{\"");
  }
  if (is(kImplements) && (kind == kInterface || kind == kTrait)) return unexpected("\"{\"");
  return class_body(start, name);
}

NodeId Parser::class_body(std::uint32_t start, NodeId name) {
  const Deeper deeper(*this);
  if (accept(kExtends) && !name_list()) return 0;
  if (accept(kImplements) && !name_list()) return 0;
  if (!expect('{')) return 0;
  const auto loops = std::exchange(loops_, 0);
  List parts = list({name});
  while (!failed_ && !is('}') && !is_end()) append(parts, member());
  loops_ = loops;
  return expect('}') ? make(NodeKind::class_declaration, start, parts) : 0;
}

NodeId Parser::member() {
  const auto start = begin();
  if (is(kAttribute)) attributes();
  if (failed_) return 0;
  if (is(kUse)) return trait_use();
  if (is(kCase)) return enum_case();
  const bool modified = modifiers();
  if (accept(kConst)) return class_constant(start);
  if (is(kFunction)) return method(start);
  if (!modified) return unexpected("\"function\" or \"const\"");
  if (!is(kVariable) && !type()) {
    return 0;
  }
  return properties(start);
}

NodeId Parser::class_constant(std::uint32_t start) {
  out_.constants = true;
  if (at_least(803) && !(is_identifier() && is('=', 1)) && !type()) return 0;
  List parts;
  do {
    const auto at = begin();
    if (!is_identifier()) return unexpected("identifier");
    const auto name = leaf(NodeKind::name);
    if (!expect('=')) return 0;
    append(parts, make(NodeKind::constant, at, list({name, expression()})));
  } while (accept(','));
  return end_of_statement() ? make(NodeKind::const_, start, parts) : 0;
}

NodeId Parser::method(std::uint32_t start) {
  advance();
  if (is_ampersand()) advance();
  if (!is_identifier()) return unexpected("identifier");
  List parts = list({leaf(NodeKind::name)});
  if (!parameters(parts) || !return_type()) return 0;
  if (accept(';') || accept(kCloseTag)) return make(NodeKind::method, start, parts);
  if (!is('{')) return unexpected("\";\" or \"{\"");
  append(parts, block());
  return failed_ ? 0 : make(NodeKind::method, start, parts);
}

NodeId Parser::properties(std::uint32_t start) {
  List parts;
  do {
    if (!initialized_variable(parts)) return 0;
    if (is('{') && at_least(804)) {
      if (!property_hooks()) return 0;
      return make(NodeKind::property_declaration, start, parts);
    }
  } while (accept(','));
  return end_of_statement() ? make(NodeKind::property_declaration, start, parts) : 0;
}

// { get => expr; set(type $v) { ... } }, PHP 8.4
bool Parser::property_hooks() {
  const Deeper deeper(*this);
  advance();
  while (!failed_ && !is('}') && !is_end()) {
    if (is(kAttribute)) attributes();
    modifiers();
    if (is_ampersand()) advance();
    if (!expect(kString)) return false;
    List ignored;
    if (is('(') && !parameters(ignored)) return false;
    if (accept(kDoubleArrow)) {
      expression();
      if (!end_of_statement()) return false;
    } else if (!accept(';')) {
      block();
    }
  }
  return expect('}');
}

NodeId Parser::enum_case() {
  const auto start = begin();
  advance();
  if (!is_identifier()) return unexpected("identifier");
  List parts = list({leaf(NodeKind::name)});
  if (accept('=')) append(parts, expression());
  return end_of_statement() ? make(NodeKind::enum_case, start, parts) : 0;
}

NodeId Parser::trait_use() {
  const auto start = begin();
  advance();
  if (!name_list()) return 0;
  if (is('{') ? !trait_adaptations() : !end_of_statement()) return 0;
  return make(NodeKind::trait_use, start);
}

// "b", "protected", "protected b": one modifier at most.
bool Parser::trait_alias() {
  const bool access = is(kPublic) || is(kProtected) || is(kPrivate);
  if ((is(kStatic) || is(kAbstract) || (is(kFinal) && !at_least(803))) &&
      (is(';', 1) || is_identifier(1)))
    return refuse(span(token()), "Cannot use '" + std::string(word()) + "' as method modifier") !=
           0;
  if (access || is(kFinal)) {
    advance();
    if (is(';')) return true;
  }
  if (!is_identifier()) return unexpected() != 0;
  advance();
  return true;
}

// { a as protected b; A::c insteadof B; }
bool Parser::trait_adaptations() {
  advance();
  while (!failed_ && !is('}') && !is_end()) {
    const bool plain = is_identifier() && !is(kDoubleColon, 1);
    if (plain)
      advance();
    else if (!skip_name() || !expect(kDoubleColon) || !is_identifier())
      return unexpected() != 0;
    else
      advance();
    if (plain && is(kInsteadof)) return unexpected("\"::\"") != 0;
    if (accept(kInsteadof)) {
      if (!name_list()) return false;
    } else {
      if (!expect(kAs) || !trait_alias()) return false;
    }
    if (!expect(';')) return false;
  }
  return expect('}');
}

}  // namespace stackaudit::syntax::php

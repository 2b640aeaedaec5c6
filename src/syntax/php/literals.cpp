// Strings with parts, heredocs, closures, new and match.
#include "syntax/php/parser.hpp"

#include <algorithm>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

constexpr std::size_t kMostLexical = 256;  // that are compared

}  // namespace

NodeId Parser::interpolated(int close, NodeKind kind) {
  const Deeper deeper(*this);
  const auto start = begin();
  advance();
  List parts;
  while (!failed_ && !is_end() && !is(close)) append(parts, interpolated_part());
  if (failed_) return 0;
  if (is_end()) return endless(start, "the string that begins here has no end");
  advance();
  return make(kind, start, parts);
}

// A string that goes on to the end of the file, told where it begins.
NodeId Parser::endless(std::uint32_t start, std::string help) {
  const auto line_end = std::min(text_.find('\n', start), text_.size());
  balanced_ = false;
  return refuse({file_, start, static_cast<std::uint32_t>(line_end)},
                "syntax error, unexpected end of file", std::move(help));
}

NodeId Parser::heredoc() {
  const Deeper deeper(*this);
  const auto start = begin();
  const auto label = word();
  const bool raw = label.find('\'') != std::string_view::npos;
  advance();
  List parts;
  while (!failed_ && !is_end() && !is(kEndHeredoc)) append(parts, interpolated_part());
  if (failed_) return 0;
  if (is_end()) return endless(start, "the heredoc that begins here has no closing label");
  check_indentation(token(), parts.first);
  if (failed_) return 0;
  advance();
  return make(NodeKind::interpolated, start, parts, raw ? kEndHeredoc : kStartHeredoc);
}

// Every line of the body must be indented like the closing label, at least.
void Parser::check_indentation(const Token& close, NodeId first_part) {
  const auto closing = slice(close);
  const auto indentation = std::min(closing.find_first_not_of(" \t"), closing.size());
  if (indentation == 0) return;
  if (closing.substr(0, indentation).find_first_not_of(closing[0]) != std::string_view::npos) {
    refuse(span(close), "Invalid indentation - tabs and spaces cannot be mixed");
    return;
  }
  bool at_line_start = true;
  for (auto id = first_part; id != 0; id = node(id).next) {
    const auto& part = node(id);
    const auto body = text_.substr(part.begin, part.end - part.begin);
    std::size_t at = 0;
    if (part.kind == NodeKind::text) {
      while (at < body.size()) {
        const auto stop = std::min(body.find('\n', at), body.size());
        const auto line = body.substr(at, stop - at);
        const auto blanks = std::min(line.find_first_not_of(" \t"), line.size());
        const auto before = line.substr(0, std::min(blanks, indentation));
        if (at_line_start && before.find_first_not_of(closing[0]) != std::string_view::npos) {
          const auto begin = static_cast<std::uint32_t>(part.begin + at);
          refuse({file_, begin, static_cast<std::uint32_t>(begin + line.size())},
                 "Invalid indentation - tabs and spaces cannot be mixed");
          return;
        }
        const bool blank = blanks == line.size() || line.substr(blanks) == "\r";
        if (at_line_start && blanks < indentation && !(blank && stop < body.size())) {
          const auto begin = static_cast<std::uint32_t>(part.begin + at);
          refuse({file_, begin, static_cast<std::uint32_t>(begin + line.size())},
                 "Invalid body indentation level (expecting an indentation level of at least " +
                     std::to_string(indentation) + ")");
          return;
        }
        at = stop + 1;
        at_line_start = stop < body.size();
      }
    } else if (at_line_start) {
      refuse(span(id),
             "Invalid body indentation level (expecting an indentation level of at least " +
                 std::to_string(indentation) + ")");
      return;
    }
    if (part.kind != NodeKind::text) at_line_start = false;
  }
}

// \u{...} in double quotes must be a code point.
void Parser::check_escapes(const Token& t) {
  const auto text = slice(t);
  if (text.find("\\u{") == std::string_view::npos || text.front() == '\'') return;
  for (auto at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 2)) {
    if (!text.substr(at).starts_with("\\u{")) continue;
    const auto digits = text.substr(at + 3, text.find('}', at) - at - 3);
    const auto is_hex = [](char c) {
      return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
    };
    if (digits.empty() || !std::ranges::all_of(digits, is_hex) ||
        text.find('}', at) == std::string_view::npos) {
      refuse(span(t), "Invalid UTF-8 codepoint escape sequence");
      return;
    }
    const auto significant = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
    if (significant.size() > 6 || (significant.size() == 6 && significant.substr(0, 2) > "10")) {
      refuse(span(t), "Invalid UTF-8 codepoint escape sequence: Codepoint too large");
      return;
    }
  }
}

NodeId Parser::interpolated_part() {
  const auto start = begin();
  switch (static_cast<int>(peek())) {
    case kEncapsedAndWhitespace:
      check_escapes(token());
      return failed_ ? 0 : leaf(NodeKind::text);
    case kVariable:
      return interpolated_variable();
    case kCurlyOpen: {
      advance();
      const auto inner = expression();
      return expect('}') ? inner : 0;
    }
    case kDollarOpenCurlyBraces:
      break;
    default:
      return unexpected();
  }
  advance();
  if (!is(kStringVarname)) {
    const auto inner = expression();
    if (!expect('}')) return 0;
    return make(NodeKind::variable_variable, start, list({inner}));
  }
  auto name = leaf(NodeKind::variable);
  if (is('[')) name = index_access(name);
  return expect('}') ? name : 0;
}

NodeId Parser::interpolated_variable() {
  const auto base = leaf(NodeKind::variable);
  if (is('[') && token().begin == node(base).end) {
    advance();
    const auto offset = interpolated_offset();
    if (!expect(']')) return 0;
    return make(NodeKind::index, node(base).begin, list({base, offset}));
  }
  if (is(kObjectOperator) || is(kNullsafeObjectOperator)) {
    const auto op = peek();
    advance();
    const auto name = leaf(NodeKind::member);
    return make(NodeKind::property, node(base).begin, list({base, name}), op);
  }
  return base;
}

NodeId Parser::interpolated_offset() {
  const auto start = begin();
  if (is(kVariable)) return leaf(NodeKind::variable);
  if (is(kString)) return leaf(NodeKind::text);
  const bool negative = accept('-');
  if (!is(kNumString)) return unexpected("identifier or variable or number");
  const auto digits = leaf(NodeKind::number);
  node(digits).begin = negative ? start : node(digits).begin;
  return digits;
}

NodeId Parser::function_like(NodeKind, std::uint32_t start) {
  if (is(kFunction)) return closure(start);
  if (is(kFn)) return arrow_function(start);
  return unexpected();
}

// The variables behind use.
bool Parser::lexical_variables(const NodeList& parameters) {
  std::vector<std::string_view> seen;
  for (auto id = parameters.first; id != 0; id = node(id).next)
    if (const auto& name = node(node(id).first); node(id).kind == NodeKind::parameter)
      seen.push_back(text_.substr(name.begin, name.end - name.begin));
  const auto count = seen.size();
  while (!failed_ && !is(')')) {
    if (is_ampersand()) advance();
    const auto known = std::ranges::find(seen, word()) - seen.begin();
    const auto name = std::string(word());
    if (is(kVariable) && name == "$this")
      refuse(span(token()), "Cannot use $this as lexical variable");
    else if (is(kVariable) && is_super_global(name))
      refuse(span(token()), "Cannot use auto-global as lexical variable");
    else if (is(kVariable) && known < static_cast<std::ptrdiff_t>(count))
      refuse(span(token()), "Cannot use lexical variable " + name + " as a parameter name");
    else if (is(kVariable) && known < static_cast<std::ptrdiff_t>(seen.size()))
      refuse(span(token()), "Cannot use variable " + name + " twice");
    if (seen.size() < kMostLexical) seen.push_back(word());
    if (!expect(kVariable) || !accept(',')) break;
  }
  return expect(')');
}

NodeId Parser::closure(std::uint32_t start) {
  const Deeper deeper(*this);
  advance();
  if (is_ampersand()) advance();
  List parts;
  if (!parameters(parts)) return 0;
  if (accept(kUse)) {
    if (!expect('(')) return 0;
    if (!lexical_variables(parts)) return 0;
  }
  if (!return_type() || !is('{')) return failed_ ? 0 : unexpected("\"{\"");
  const auto loops = std::exchange(loops_, 0);
  append(parts, block());
  loops_ = loops;
  return failed_ ? 0 : make(NodeKind::closure, start, parts);
}

NodeId Parser::arrow_function(std::uint32_t start) {
  const Deeper deeper(*this);
  advance();
  if (is_ampersand()) advance();
  List parts;
  if (!parameters(parts) || !return_type() || !expect(kDoubleArrow)) return 0;
  append(parts, expression(kAssignPower));
  return failed_ ? 0 : make(NodeKind::arrow_function, start, parts);
}

NodeId Parser::new_expression(bool& dereferencable) {
  const Deeper deeper(*this);
  const auto start = begin();
  advance();
  dereferencable = false;
  if (is(kAttribute)) attributes();
  if (is(kReadonly) && is(kClass, 1)) {
    if (options_.version != 0 && !at_least(803)) return unexpected();
    advance();
  }
  List parts;
  if (is(kClass)) {
    const auto declared = begin();
    advance();
    if (is('(') && !arguments(parts)) return 0;
    append(parts, class_body(declared, 0));
    dereferencable = options_.version == 0 || at_least(804);
    return failed_ ? 0 : make(NodeKind::new_object, start, parts);
  }
  append(parts, new_class());
  if (failed_) return 0;
  if (is('(')) {
    if (!arguments(parts)) return 0;
    dereferencable = at_least(804);
  }
  return make(NodeKind::new_object, start, parts);
}

// What may stand after new: a name, a variable with members but without calls, or parentheses.
NodeId Parser::new_class() {
  NodeId base = 0;
  if (is_name() || is(kStatic))
    base = leaf(NodeKind::name);
  else if (is(kVariable) || is('$'))
    base = variable();
  else if (is('('))
    return parenthesized();
  else
    return unexpected();
  const bool plain = node(base).kind == NodeKind::name;
  if (plain && !is(kDoubleColon)) return base;
  while (!failed_) {
    const auto start = node(base).begin;
    if (is('[')) {
      base = index_access(base);
    } else if (is(kObjectOperator) || is(kNullsafeObjectOperator)) {
      const auto op = peek();
      advance();
      const auto named = begin();
      NodeId member = 0;
      if (is_identifier())
        member = leaf(NodeKind::member);
      else if (is(kVariable) || is('$'))
        member = make(NodeKind::member, named, list({variable()}));
      else if (accept('{')) {
        member = expression();
        if (!expect('}')) return 0;
      } else
        return unexpected();
      base = make(NodeKind::property, start, list({base, member}), op);
    } else if (accept(kDoubleColon)) {
      if (!is(kVariable) && !is('$')) return unexpected("variable or \"$\"");
      base = make(NodeKind::static_property, start, list({base, variable()}));
    } else {
      return base;
    }
  }
  return 0;
}

NodeId Parser::match_expression() {
  const Deeper deeper(*this);
  const auto start = begin();
  advance();
  if (!expect('(')) return 0;
  List parts;
  append(parts, expression());
  if (!expect(')') || !expect('{')) return 0;
  while (!failed_ && !is('}')) {
    append(parts, match_arm());
    if (!accept(',')) break;
  }
  return expect('}') ? make(NodeKind::match, start, parts) : 0;
}

NodeId Parser::match_arm() {
  const auto start = begin();
  List parts;
  const bool is_default = is(kDefault) && (is(kDoubleArrow, 1) || is(',', 1));
  if (is_default) {
    advance();
    accept(',');
  } else {
    do append(parts, expression());
    while (accept(',') && !is(kDoubleArrow));
  }
  if (!expect(kDoubleArrow)) return 0;
  append(parts, expression());
  return failed_ ? 0 : make(NodeKind::match_arm, start, parts, is_default ? kDefault : kEnd);
}

}  // namespace stackaudit::syntax::php

// Statements: lists of them, which is which, and the simple ones.
#include "syntax/php/parser.hpp"
#include "text/suggest.hpp"

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

namespace {

// Templates for scripts of the browser have "<%" as well.
bool is_php(std::string_view code) {
  return code.find('$') != std::string_view::npos || code.find("echo ") != std::string_view::npos ||
         code.find("include") != std::string_view::npos ||
         code.find("require") != std::string_view::npos;
}

// "<?hpp", "<8?php", "?php": what was to open code at the head of the file; else empty, as of a
// template's "<@php".
std::string_view misspelt_tag(std::string_view text) {
  constexpr std::string_view kTag = "<?php";
  const auto word = text.substr(0, std::min(text.find_first_of(" \t\r\n"), text.size()));
  const bool looks = (word.find('?') != word.npos || word.find("php") != word.npos) &&
                     word.find_first_of("@%#${[") == word.npos;
  const bool close = word.size() <= kTag.size() + 2 && text::edit_distance(word, kTag, 2) <= 2;
  return looks && close && word.size() > 2 ? word : std::string_view{};
}

// Behind comments the first line of a text that was meant to be code: "namespace App;", "$a = 1;".
std::string_view first_line_of_code(std::string_view text) {
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    const auto end = text.starts_with("/*")   ? text.find("*/")
                     : text.starts_with("//") ? text.find('\n')
                                              : std::string_view::npos;
    if (end == std::string_view::npos) break;
    text.remove_prefix(std::min(end + (text[1] == '*' ? 2 : 1), text.size()));
  }
  constexpr auto kBeginnings = std::to_array<std::string_view>(
      {"namespace ", "use ", "require ", "require_once", "require(", "include ", "include_once",
       "define(", "define (", "defined(", "defined (", "declare(", "if (!defined", "if ( ! defined",
       "abstract class ", "final class ", "$"});
  const auto line = text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
  const auto last = line.find_last_not_of(" \t");
  const bool ends = last != line.npos && (line[last] == ';' || line[last] == '{');
  const bool begins = std::ranges::any_of(
      kBeginnings, [&](std::string_view word) { return line.starts_with(word); });
  return ends && begins ? line : std::string_view{};
}

}  // namespace

// A file that is text from its first byte to its last, although code was meant.
void Parser::no_code() {
  const auto begin = std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
  const auto text = text_.substr(begin);
  const auto at = static_cast<std::uint32_t>(begin);
  const auto tell = [&](std::uint32_t length, std::string said, std::string help) {
    report({{file_, at, at + length}, std::move(said), text::Severity::error, {}, std::move(help)});
  };
  if (text.starts_with("<%") && is_php(text.substr(0, text.find("%>"))))
    tell(2, "\"<%\" opens no PHP since version 7: the file is sent as text", "write \"<?php\"");
  else if (text.starts_with("\xff\xfe<") || text.starts_with("\xfe\xff"))
    tell(2, "the file is UTF-16, of which PHP sees no code: it is sent as text",
         "save it as UTF-8 without a byte order mark");
  else if (const auto tag = misspelt_tag(text);
           !tag.empty() && text.find(';') != std::string_view::npos)
    tell(static_cast<std::uint32_t>(tag.size()),
         '"' + std::string(tag) + "\" opens no PHP: the code is sent as text", "write \"<?php\"");
  else if (const auto line = first_line_of_code(text);
           !line.empty() && text.find("<?") == std::string_view::npos)
    report({{file_, static_cast<std::uint32_t>(line.data() - text_.data()),
             static_cast<std::uint32_t>(line.data() + line.size() - text_.data())},
            "no \"<?php\" stands before the code: it is sent as text",
            text::Severity::error,
            {},
            "write \"<?php\" in the first line"});
  else if (text_.find_first_not_of('\0') == std::string_view::npos && !text_.empty())
    tell(1, "the file holds zero bytes alone, as after a crash: it is sent as text",
         "take it from the package or a backup");
}

// "<?phpnamespace": the blank is part of the tag.
void Parser::no_blank(std::uint32_t at, std::uint32_t end) {
  constexpr std::string_view kTag = "<?php";
  if (!text_.substr(at, end - at).starts_with(kTag) || end - at <= kTag.size()) return;
  report({{file_, at, static_cast<std::uint32_t>(at + kTag.size())},
          "\"<?php\" without a blank behind it opens no PHP: the code is sent as text",
          text::Severity::error,
          {},
          "write \"<?php \""});
}

namespace {

// "echo 1", "endif".
bool begins_statement(std::string_view code) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"echo", "print", "include", "include_once", "require", "require_once", "return", "else",
       "endif", "endforeach", "endwhile", "endfor", "endswitch", "break", "continue", "exit"});
  const auto begin = std::min(code.find_first_not_of(" \t\r\n"), code.size());
  const auto end = std::min(code.find_first_of(" \t\r\n", begin), code.size());
  return std::ranges::find(kWords, code.substr(begin, end - begin)) != kWords.end();
}

}  // namespace

// Text outside of PHP. The first "<?" in it that a setting keeps from being code is told.
NodeId Parser::html() {
  const auto& t = token();
  if (t.begin == 0 && t.end == text_.size()) {
    no_code();
    no_blank(t.begin, t.end);
  }
  for (auto at = t.begin; options_.tell_short_tags && at < t.end;) {
    const auto found = text_.substr(0, t.end).find("<?", at);
    if (found == std::string_view::npos) break;
    at = static_cast<std::uint32_t>(found) + 2;
    if (at < t.end && text_[at] != ' ' && text_[at] != '\t' && text_[at] != '\r' &&
        text_[at] != '\n')
      continue;
    // Of words alone nobody knows whether they were meant to be code.
    const auto code = text_.substr(at, std::min<std::size_t>(text_.find("?>", at), t.end) - at);
    if (code.find_first_of(";$(){}=:") == std::string_view::npos && !begins_statement(code))
      continue;
    options_.tell_short_tags = false;
    report({{file_, at - 2, at},
            "\"<?\" opens no PHP while short_open_tag is off: the code behind it is sent as text",
            text::Severity::error,
            {},
            "write \"<?php\""});
  }
  return leaf(NodeKind::html);
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

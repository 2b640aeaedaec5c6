// The parser's frame: tokens, nodes, recovery.
#include "syntax/php/parser.hpp"

#include "syntax/php/compile.hpp"
#include "syntax/php/lexer.hpp"

#include <algorithm>

namespace stackaudit::syntax::php {

Parser::Parser(std::string_view text, text::FileId file, const Options& options, Parsed& out)
    : text_(text),
      file_(file),
      options_(options),
      out_(out),
      tokens_(tokenize(text, {.short_open_tag = options.short_open_tag, .keep_trivia = false})) {
  const auto size = static_cast<std::uint32_t>(text.size());
  end_token_ = {size, size, kEnd};
  out_.ast.nodes.reserve(tokens_.size() + 2);
}

Parser::Deeper::Deeper(Parser& parser) : parser_(parser) {
  if (++parser_.depth_ > kMaxNesting) parser_.too_deep();
}

bool Parser::accept(int kind) {
  if (failed_ || !is(kind)) return false;
  advance();
  return true;
}

bool Parser::expect(int kind) {
  if (failed_) return false;
  if (accept(kind)) return true;
  unexpected(kind < kFirstNamed ? std::string("\"") + static_cast<char>(kind) + '"' : "");
  return false;
}

NodeId Parser::make(NodeKind kind, std::uint32_t begin, List children, Kind op) {
  const auto end = pos_ > 0 ? std::max(tokens_[pos_ - 1].end, begin) : begin;
  out_.ast.nodes.push_back({begin, end, children.first, 0, op, kind});
  return static_cast<NodeId>(out_.ast.nodes.size() - 1);
}

NodeId Parser::leaf(NodeKind kind) {
  const auto& t = token();
  advance();
  return make(kind, t.begin, {}, kind == NodeKind::name ? kEnd : t.kind);
}

void Parser::append(List& into, NodeId id) {
  if (id == 0) return;
  if (into.last == 0)
    into.first = id;
  else
    node(into.last).next = id;
  into.last = id;
}

Parser::List Parser::list(std::initializer_list<NodeId> nodes) {
  List result;
  for (const auto id : nodes) append(result, id);
  return result;
}

void Parser::run() {
  out_.includes = std::ranges::any_of(tokens_, [](const Token& t) {
    return t.kind == kInclude || t.kind == kIncludeOnce || t.kind == kRequire ||
           t.kind == kRequireOnce;
  });
  const auto all = statements({}, true);
  out_.ast.root = make(NodeKind::block, 0, all);
}

// After an error in the statement that began at `start`: past its end, as the brackets have it, or
// before the brace that closes the block around it.
void Parser::recover(std::size_t start) {
  failed_ = false;
  const auto error = pos_;
  int open = 0;
  for (pos_ = start; !is_end(); advance()) {
    switch (static_cast<int>(peek())) {
      case '{':
      case '(':
      case '[':
      case kAttribute:
      case kCurlyOpen:
      case kDollarOpenCurlyBraces:
        ++open;
        break;
      case ')':
      case ']':
        --open;
        break;
      case '}':
        if (open-- == 0) return;
        if (open == 0 && pos_ >= error) return advance();
        break;
      case ';':
      case kCloseTag:
        if (open == 0 && pos_ >= error) return advance();
        break;
      default:
        break;
    }
  }
}

bool Parser::assignable(NodeId id) const {
  switch (out_.ast[id].kind) {
    case NodeKind::variable:
    case NodeKind::variable_variable:
    case NodeKind::index:
    case NodeKind::property:
    case NodeKind::static_property:
    case NodeKind::call:
    case NodeKind::method_call:
    case NodeKind::static_call:
      return true;
    default:
      return false;
  }
}

Parsed parse(std::string_view text, text::FileId file, const Options& options) {
  Parsed out;
  Parser(text, file, options, out).run();
  check_compilation(text, file, options, out);
  return out;
}

}  // namespace stackaudit::syntax::php

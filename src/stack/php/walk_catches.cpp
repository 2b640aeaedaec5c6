// Which try blocks catch what an include that fails throws.
#include "stack/php/walker.hpp"
#include "text/words.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Whether a catch, "catch (A | \\B $e)" in lower case, takes Errors.
bool takes_errors(std::string_view head) {
  return std::ranges::any_of(text::words(head, "( \\|\t\r\n)"), [](std::string_view word) {
    return word == "throwable" || word == "error";
  });
}

}  // namespace

// "catch (Throwable)" whose block goes on: since PHP 8 a require that fails throws an Error. A
// block that ends the script, or throws again, shows the visitor that something is wrong.
bool Walker::catches_errors(NodeId id) const {
  const auto version = evaluator_.corpus().applications[unit_.application].version;
  if (version != 0 && version < 800) return false;
  for (auto part = ast_[ast_[id].first].next; part != 0; part = ast_[part].next) {
    const auto block = ast_[part].first;
    if (ast_[part].kind != NodeKind::catch_ || block == 0) continue;
    const auto head =
        lower(unit_.text.substr(ast_[part].begin, ast_[block].begin - ast_[part].begin));
    const bool leaves = std::ranges::any_of(ast_.nodes, [&](const Node& node) {
      return (node.kind == NodeKind::exit || node.kind == NodeKind::throw_) &&
             node.begin >= ast_[block].begin && node.end <= ast_[block].end;
    });
    if (takes_errors(head) && !leaves) return true;
  }
  return false;
}

}  // namespace stackaudit::stack::php

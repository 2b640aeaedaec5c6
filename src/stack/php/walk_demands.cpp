// Libraries without which a script ends itself, and says so.
#include "stack/php/walker.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <array>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Words of a name that an installer makes, and of a branch that leads to the installer.
constexpr auto kSettings = std::to_array<std::string_view>(
    {"config", "setting", "setup", "install", "local", "env", "database", "secret", "conf."});
constexpr auto kInstallers = std::to_array<std::string_view>({"header", "install.", "install/"});

}  // namespace

// The only argument of a question for a file: is_file($f). 0: it is none.
NodeId Walker::asked_file(NodeId call) const {
  if (ast_[call].kind != NodeKind::call) return 0;
  const auto asked = lower(base_name(source(ast_[call].first)));
  const auto given = evaluator_.arguments(unit_, call);
  const bool is_question = asked == "file_exists" || asked == "is_file" || asked == "is_readable";
  return is_question && given.size() == 1 ? given[0] : 0;
}

// A branch that ends the script and says so: "throw", "exit('no library')", but no bare "exit".
bool Walker::complains(NodeId branch) const {
  const bool block = ast_[branch].kind == NodeKind::block;
  const auto last = block ? ast_.last_child(branch) : branch;
  const auto& end = ast_[ast_[last].first];
  return ends(branch) &&
         (end.kind != NodeKind::exit || end.first != 0 || (block && ast_.child_count(branch) > 1));
}

// "if (!is_file($f)) throw ...;" before "require $f", or "if (is_file($f)) require $f; else throw
// ...;": without that library nothing runs. Of settings, which an installer writes, nothing is
// told.
void Walker::demanded(Scope& scope, NodeId statement) {
  const auto test = ast_[statement].first, then = ast_[test].next;
  const bool fails = asks_for_failure(test);
  auto call = fails ? ast_[test].first : test;
  if (fails && lower(source(call)) == "false") call = ast_[call].next;
  const auto file = asked_file(call);
  auto otherwise = statement;
  while (ast_[otherwise].kind == NodeKind::if_)
    otherwise = ast_[ast_[ast_[otherwise].first].next].next;
  const auto end = fails ? then : otherwise;
  const auto words = lower(source(end));
  if (caught_ > 0 || file == 0 || !complains(end) ||
      text::contains_any(lower(source(file)), kSettings) ||
      (!text::contains(words, "composer") && text::contains_any(words, kInstallers)))
    return;
  const auto body = ast_[then].kind == NodeKind::block ? ast_[then].first : then;
  for (auto next = fails ? ast_[statement].next : body; next != 0; next = ast_[next].next)
    if (const auto id = include_of(next); id != 0 && source(ast_[id].first) == source(file))
      return include(scope, id, {});
}

}  // namespace stackaudit::stack::php

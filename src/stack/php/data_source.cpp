// The words before the first colon of a data source name.
#include "stack/php/data_source.hpp"

#include "syntax/php/php.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr auto kKinds =
    std::to_array<std::string_view>({"mysql", "pgsql", "sqlite", "odbc", "dblib", "firebird"});

// What the only assignment gives to the variable; 0: there is none, or there are more.
NodeId only_value(const Ast& ast, std::string_view code, std::string_view variable) {
  NodeId found = 0;
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::assign) continue;
    const auto& target = ast[node.first];
    if (code.substr(target.begin, target.end - target.begin) != variable) continue;
    if (found != 0) return 0;
    found = target.next;
  }
  return found;
}

}  // namespace

std::string database_kind(const Ast& ast, std::string_view code, NodeId name) {
  const auto words = [&](NodeId id) {
    return code.substr(ast[id].begin, ast[id].end - ast[id].begin);
  };
  const auto argument = ast[name].next;
  if (argument == 0 || ast[argument].kind != NodeKind::argument) return {};
  auto at = ast[argument].first;
  if (ast[at].kind == NodeKind::variable) at = only_value(ast, code, words(at));
  while (ast[at].kind == NodeKind::binary) at = ast[at].first;
  if (ast[at].kind == NodeKind::interpolated) at = ast[at].first;
  std::string dsn;
  if (ast[at].kind == NodeKind::string) dsn = unquote(words(at));
  if (ast[at].kind == NodeKind::text) dsn = words(at);
  const auto kind = dsn.substr(0, std::min(dsn.find(':'), dsn.size()));
  const bool known = kind.size() < dsn.size() && std::ranges::find(kKinds, kind) != kKinds.end();
  return known ? kind : std::string{};
}

}  // namespace stackaudit::stack::php

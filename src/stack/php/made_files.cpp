// Files that the code makes itself: what names a missing file beside its include is perhaps what
// writes it.
#include "stack/php/resolve.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::array<std::string_view, 5> kQuestions{"file_exists", "is_file", "is_readable",
                                                     "realpath", "stream_resolve_include_path"};

// Whether the literal is part of a question for a file: is_file(...).
bool is_asked_for(const Unit& unit, const Node& literal) {
  const auto& ast = unit.parsed.ast;
  return std::ranges::any_of(ast.nodes, [&](const Node& node) {
    return node.kind == NodeKind::call && node.begin <= literal.begin && literal.end <= node.end &&
           std::ranges::find(kQuestions, Corpus::slice(unit, ast[node.first])) != kQuestions.end();
  });
}

// Whether the literal has the file's name; "upgrade.php?step=1" is an address.
bool names_file(std::string_view literal, std::string_view name) {
  const auto at = literal.find(name);
  return at != std::string_view::npos && literal.substr(at + name.size(), 1) != "?";
}

bool named_elsewhere(const Corpus& corpus, const Include& include, const Target& target) {
  const auto& unit = *include.unit;
  const auto& ast = unit.parsed.ast;
  const auto name = tree::basename(target.path);
  if (name.empty()) return false;  // a URL
  const bool makes_nothing = !may_write(unit.text);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> includes;
  for (const auto& node : ast.nodes)
    if (node.kind == NodeKind::include) includes.emplace_back(node.begin, node.end);
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::string && node.kind != NodeKind::text) continue;
    if (!names_file(corpus.slice(unit, node), name)) continue;
    // Literals of an include come before the include itself in the tree, and inside its span.
    const bool loads = std::ranges::any_of(includes, [&](const auto& span) {
      return span.first <= node.begin && node.end <= span.second;
    });
    const bool asks = is_asked_for(unit, node);
    const bool own = std::ranges::any_of(target.text.pieces, [&](const Piece& piece) {
      return piece.span.file == unit.file && piece.span.begin <= node.begin &&
             node.end <= piece.span.end;
    });
    if (!loads && !own && !(asks && makes_nothing)) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 7> kMakers{"file_put_contents", "fopen", "copy", "rename",
                                                  "symlink",           "link",  "touch"};

// f($x), and f($x = "...").
bool hands_over(const Unit& unit, NodeId given, std::string_view operand) {
  const auto& ast = unit.parsed.ast;
  const auto& node = ast[ast[given].kind == NodeKind::assign ? ast[given].first : given];
  return Corpus::slice(unit, node) == operand;
}

// Whether what names the file is handed to whoever makes it: file_put_contents($f, ...) anywhere in
// the file or, where the code asks first whether it is there, any function before.
bool is_made(const Include& include) {
  const auto& unit = *include.unit;
  const auto& ast = unit.parsed.ast;
  const auto& end = ast[include.id];
  const auto operand = Corpus::slice(unit, ast[end.first]);
  const bool names = operand.starts_with('$');
  const bool asked = names && is_asked_before(include);
  return std::ranges::any_of(ast.nodes, [&](const Node& node) {
    if (node.kind != NodeKind::call && node.kind != NodeKind::method_call &&
        node.kind != NodeKind::static_call)
      return false;
    const auto called = Corpus::slice(unit, ast[node.first]);
    const bool question = std::ranges::find(kQuestions, called) != kQuestions.end();
    const bool makes = std::ranges::find(kMakers, called) != kMakers.end();
    if (question || (!makes && (!asked || node.end > end.begin))) return false;
    for (auto given = ast[node.first].next; given != 0; given = ast[given].next)
      if (ast[given].kind == NodeKind::argument && hands_over(unit, ast[given].first, operand))
        return true;
    return false;
  });
}

// "require cache_path('x')", where another call hands what the same function gives to whoever makes
// files.
bool is_made_elsewhere(const Corpus& corpus, const Include& include) {
  const auto& own = include.unit->parsed.ast;
  const auto operand = own[include.id].first;
  if (own[operand].kind != NodeKind::call || own[own[operand].first].kind != NodeKind::name)
    return false;
  const auto call = std::string(Corpus::slice(*include.unit, own[own[operand].first])) + "(";
  return std::ranges::any_of(corpus.units, [&](const Unit& unit) {
    if (unit.application != include.unit->application || !may_write(unit.text) ||
        unit.text.find(call) == std::string_view::npos)
      return false;
    const auto& ast = unit.parsed.ast;
    return std::ranges::any_of(ast.nodes, [&](const Node& node) {
      return node.kind == NodeKind::call &&
             std::ranges::find(kMakers, Corpus::slice(unit, ast[node.first])) != kMakers.end() &&
             Corpus::slice(unit, node).find(call) != std::string_view::npos;
    });
  });
}

}  // namespace

bool is_asked_before(const Include& include) {
  const auto& unit = *include.unit;
  const auto& ast = unit.parsed.ast;
  const auto operand = Corpus::slice(unit, ast[ast[include.id].first]);
  return std::ranges::any_of(ast.nodes, [&](const Node& node) {
    if (node.kind != NodeKind::call || node.end > ast[include.id].begin) return false;
    if (std::ranges::find(kQuestions, Corpus::slice(unit, ast[node.first])) == kQuestions.end())
      return false;
    const auto argument = ast[node.first].next;
    return argument != 0 && Corpus::slice(unit, ast[argument]) == operand;
  });
}

bool is_made_by_code(const Corpus& corpus, const Include& include, const Target& target) {
  return named_elsewhere(corpus, include, target) || is_made(include) ||
         is_made_elsewhere(corpus, include);
}

}  // namespace stackaudit::stack::php

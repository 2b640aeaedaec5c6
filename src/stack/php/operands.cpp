// Operands of an include that are not what they look like: in "require X || die" PHP loads what ||
// gives, in "require A . $b ? C : D" the path is the condition. Observed with PHP 8.2.
#include "stack/php/rows.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// Operators that give true or false.
constexpr std::array kTruths{kBooleanOr,      kBooleanAnd, kIsEqual,    kIsIdentical, kIsNotEqual,
                             kIsNotIdentical, kLogicalOr,  kLogicalAnd, kLogicalXor};

struct Slip {
  std::string said, help;
};

bool is_text(const Ast& ast, std::string_view text, NodeId id) {
  const auto& node = ast[id];
  if (node.kind == NodeKind::binary && node.op == op('.')) return true;
  if (node.kind == NodeKind::magic) return node.op == kDir || node.op == kFile;
  return node.kind == NodeKind::interpolated ||
         (node.kind == NodeKind::string &&
          text.substr(node.begin, node.end - node.begin).find('/') != std::string_view::npos);
}

Slip slip_of(const Ast& ast, std::string_view text, NodeId operand) {
  const auto& node = ast[operand];
  const auto left = node.first, right = ast[left].next;
  if (node.kind == NodeKind::ternary && is_text(ast, text, left) && ast[right].next != 0)
    return {"the path before ? is only its condition: it is not part of the name",
            "put what stands behind the last dot into parentheses"};
  if (node.kind != NodeKind::binary || !is_text(ast, text, left)) return {};
  const auto between = text.substr(ast[left].end, ast[right].begin - ast[left].end);
  const auto first = between.find_first_not_of(" \t\r\n)");
  if (first == std::string_view::npos) return {};
  const auto word =
      std::string(between.substr(first, between.find_first_of(" \t\r\n(", first) - first));
  if (node.op == op('+') || node.op == op('-'))
    return {word + " calculates with numbers: PHP ends with \"Unsupported operand types\"",
            "write . to put texts together"};
  if (std::ranges::find(kTruths, node.op) == kTruths.end()) return {};
  return {
      "the file that is loaded is what " + word + " gives, true or false, not the name before it",
      "put the include with its name into parentheses"};
}

// define('X' . 'value'): PHP ends with an ArgumentCountError.
void add_defines(const Corpus& corpus, const Unit& unit) {
  const auto& ast = unit.parsed.ast;
  std::vector<NodeId> alone;
  for (NodeId id = 1; id < ast.nodes.size(); ++id) {
    const auto& node = ast[id];
    if (node.kind != NodeKind::call || Corpus::slice(unit, ast[node.first]) != "define") continue;
    const auto& given = ast[ast[node.first].next];
    if (given.kind == NodeKind::argument && given.op == kEnd && given.first != 0 && given.next == 0)
      alone.push_back(id);
  }
  const auto runs = runs_of(ast, unit.text, alone);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    const auto& node = ast[alone[i]];
    if (runs[i] == Runs::excused) continue;
    tell_undefined(corpus, {unit.file, node.begin, node.end}, runs[i] == Runs::always,
                   "define() is given no value: PHP ends there",
                   "put a comma between the name and the value");
  }
}

}  // namespace

void add_operands(CertainIncludes& certain) {
  const auto& corpus = certain.corpus();
  for (const auto& unit : corpus.units) {
    if (!unit.reached || unit.inactive) continue;
    if (unit.parsed.constants) add_defines(corpus, unit);
    if (!unit.parsed.includes) continue;
    const auto& ast = unit.parsed.ast;
    for (NodeId id = 1; id < ast.nodes.size(); ++id) {
      if (ast[id].kind != NodeKind::include) continue;
      const auto& operand = ast[ast[id].first];
      auto [said, help] = slip_of(ast, unit.text, ast[id].first);
      if (said.empty()) continue;
      tell_undefined(corpus, {unit.file, operand.begin, operand.end}, certain.holds(unit, id),
                     std::move(said), std::move(help));
    }
  }
}

}  // namespace stackaudit::stack::php

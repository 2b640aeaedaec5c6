// "if (is_file($a . 'x.php')) include $a . 'X.php'": a guard that asks for another file than the
// one that is loaded. What the file is called is often not known; that two names should be one is.
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostGuards = 256;
constexpr std::size_t kMostLetters = 2;
constexpr std::array<std::string_view, 4> kQuestions{"file_exists", "is_file", "is_readable",
                                                     "stream_resolve_include_path"};

// An expression as its literals and all else.
struct Pattern {
  std::string rest;
  std::vector<Node> literals;
};

Pattern pattern_of(const Unit& unit, const Node& whole) {
  Pattern pattern;
  std::set<std::uint32_t> seen;
  std::vector<Node> literals;
  for (const auto& node : unit.parsed.ast.nodes)
    if ((node.kind == NodeKind::string || node.kind == NodeKind::interpolated) &&
        whole.begin <= node.begin && node.end <= whole.end && seen.insert(node.begin).second)
      literals.push_back(node);
  std::ranges::sort(literals, {}, &Node::begin);
  const auto add = [&](std::uint32_t begin, std::uint32_t end) {
    for (const char c : unit.text.substr(begin, end - begin))
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '(' && c != ')')
        pattern.rest += c;
  };
  auto at = whole.begin;
  for (const auto& literal : literals) {
    if (literal.begin < at) continue;
    add(at, literal.begin);
    pattern.rest += '"';
    pattern.literals.push_back(literal);
    at = literal.end;
  }
  add(at, whole.end);
  return pattern;
}

struct Guard {
  Node body;
  std::vector<Pattern> asked;
};

std::vector<Guard> guards_of(const Unit& unit) {
  const auto& ast = unit.parsed.ast;
  std::vector<Node> calls;
  for (const auto& node : ast.nodes)
    if (node.kind == NodeKind::call && calls.size() < kMostGuards &&
        std::ranges::find(kQuestions, Corpus::slice(unit, ast[node.first])) != kQuestions.end())
      calls.push_back(node);
  std::vector<Guard> guards;
  if (calls.empty()) return guards;
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::if_ || guards.size() >= kMostGuards) continue;
    const auto& condition = ast[node.first];
    Guard guard{ast[condition.next], {}};
    for (const auto& call : calls) {
      const auto argument = ast[call.first].next;
      if (call.begin < condition.begin || call.end > condition.end || argument == 0) continue;
      if (ast[argument].kind == NodeKind::argument)
        guard.asked.push_back(pattern_of(unit, ast[ast[argument].first]));
    }
    const bool negated = Corpus::slice(unit, condition).find('!') != std::string_view::npos;
    if (!guard.asked.empty() && !negated) guards.push_back(std::move(guard));
  }
  return guards;
}

// The literal of the include that is almost the guard's, and what the guard has there.
struct Slip {
  Node literal;
  std::string_view meant;
};

std::optional<Slip> slip(const Unit& unit, const Pattern& loaded, const Pattern& asked) {
  if (loaded.rest != asked.rest || loaded.literals.size() != asked.literals.size()) return {};
  std::optional<Slip> found;
  for (std::size_t i = 0; i < loaded.literals.size(); ++i) {
    const auto inside = [&](const Node& node) {
      const auto text = Corpus::slice(unit, node);
      return text.substr(1, text.size() - 2);
    };
    const auto own = inside(loaded.literals[i]), other = inside(asked.literals[i]);
    if (own == other) continue;
    const bool near =
        text::edit_distance(own, other, kMostLetters) <= kMostLetters ||
        (own.find('/') != std::string_view::npos && tree::basename(own) == tree::basename(other));
    if (found || !near) return {};
    found = Slip{loaded.literals[i], Corpus::slice(unit, asked.literals[i])};
  }
  return found;
}

// The include's operand, where the innermost guard around it does not ask for it, but almost.
std::optional<Slip> differing(const Unit& unit, const std::vector<Guard>& guards,
                              const Node& include) {
  const Guard* innermost = nullptr;
  for (const auto& guard : guards)
    if (guard.body.begin <= include.begin && include.end <= guard.body.end &&
        (innermost == nullptr || guard.body.begin >= innermost->body.begin))
      innermost = &guard;
  if (innermost == nullptr) return {};
  const auto loaded = pattern_of(unit, unit.parsed.ast[include.first]);
  std::optional<Slip> found;
  for (const auto& asked : innermost->asked) {
    if (asked.rest == loaded.rest && std::ranges::equal(
                                         asked.literals, loaded.literals, {},
                                         [&](const Node& n) { return Corpus::slice(unit, n); },
                                         [&](const Node& n) { return Corpus::slice(unit, n); }))
      return {};
    if (auto other = slip(unit, loaded, asked)) found = other;
  }
  return found;
}

}  // namespace

void add_guards(const Corpus& corpus, const std::vector<Link>& links) {
  std::set<std::pair<const Unit*, NodeId>> fine;
  for (const auto& link : links)
    if (std::ranges::any_of(link.targets, [](const Target& t) { return t.state == "found"; }))
      fine.emplace(link.include.unit, link.include.id);
  for (const auto& unit : corpus.units) {
    if (!unit.parsed.includes) continue;
    const auto guards = guards_of(unit);
    if (guards.empty()) continue;
    const auto& ast = unit.parsed.ast;
    for (NodeId id = 1; id < ast.nodes.size(); ++id) {
      if (ast[id].kind != NodeKind::include || fine.contains({&unit, id})) continue;
      const auto found = differing(unit, guards, ast[id]);
      if (!found) continue;
      corpus.survey().add_problem(
          corpus.survey().place({unit.file, found->literal.begin, found->literal.end}),
          {.service = "php",
           .language = "php",
           .code = "guard-differs",
           .severity = "warning",
           .message = "what is loaded is not what the condition asks for: " +
                      std::string(Corpus::slice(unit, found->literal)) + ", and not " +
                      std::string(found->meant),
           .help = "write the same name in both places",
           .replacement = std::string(found->meant)});
    }
  }
}

}  // namespace stackaudit::stack::php

// require APP_SRC . '/x.php' where no code defines APP_SRC: PHP 8 ends at the name, and no file is
// loaded whose code was not seen.
#include "stack/php/graph.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr int kEndsSince = 800;  // before, the name stood for itself

class Constants {
 public:
  Constants(const Corpus& corpus, const Definitions& definitions)
      : corpus_(corpus), definitions_(definitions) {
    for (const auto& unit : corpus.units)
      for (const auto& beginning : unit.symbols.defined_beginning)
        made_.emplace_back(unit.application, beginning);
  }

  // Whether nothing defines the constant, no code asks for it, and none makes such names.
  [[nodiscard]] bool has_none(const Unit& by, std::string_view name) {
    constexpr std::array<std::string_view, 3> kWords{"true", "false", "null"};
    if (std::ranges::find(kWords, lower(name)) != kWords.end() || name.starts_with("__") ||
        !definitions_.of(name).empty() || corpus_.names.constants.contains(name) ||
        corpus_.names.gone_constants.contains(name))
      return false;
    if (std::ranges::any_of(made_, [&](const auto& made) {
          return made.first == by.application && name.starts_with(made.second);
        }))
      return false;
    const auto [known, is_new] = none_.try_emplace(name, false);
    if (is_new) known->second = is_nowhere(name);
    return known->second;
  }

 private:
  // Whether no file declares the name, or asks for it.
  [[nodiscard]] bool is_nowhere(std::string_view name) const {
    const auto asked = hash_of(kAskedName, name);
    const auto declared = hash_of(kConstantName, name);
    return std::ranges::none_of(corpus_.units, [&](const Unit& unit) {
      return std::ranges::binary_search(unit.symbols.asked, asked) ||
             std::ranges::binary_search(unit.symbols.declared, declared);
    });
  }

  const Corpus& corpus_;
  const Definitions& definitions_;
  std::map<std::string_view, bool> none_;                       // what is_nowhere() said
  std::vector<std::pair<std::size_t, std::string_view>> made_;  // how names begin, by application
};

// Of "A . 'b' . C": what is evaluated whatever the rest says.
bool asks_for_none(Constants& constants, const Unit& unit, NodeId id) {
  const auto& ast = unit.parsed.ast;
  while (ast[id].kind == NodeKind::binary && ast[id].op == op('.')) {
    if (asks_for_none(constants, unit, ast[ast[id].first].next)) return true;
    id = ast[id].first;
  }
  return ast[id].kind == NodeKind::name &&
         constants.has_none(unit, base_name(Corpus::slice(unit, ast[id])));
}

// The same of a variable, wherever the file sets it.
bool is_set_to_none(Constants& constants, const Unit& unit, NodeId variable) {
  const auto& ast = unit.parsed.ast;
  if (ast[variable].kind != NodeKind::variable) return false;
  const auto name = Corpus::slice(unit, ast[variable]);
  bool set = false;
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::assign || Corpus::slice(unit, ast[node.first]) != name) continue;
    if (!asks_for_none(constants, unit, ast[node.first].next)) return false;
    set = true;
  }
  return set;
}

}  // namespace

void mark_undefined(const Corpus& corpus, const Definitions& definitions,
                    std::vector<Link>& links) {
  Constants constants(corpus, definitions);
  for (auto& link : links) {
    const auto& unit = *link.include.unit;
    const auto is_dynamic = [](const Target& target) { return target.state == "dynamic"; };
    if (corpus.applications[unit.application].version < kEndsSince ||
        !std::ranges::any_of(link.targets, is_dynamic))
      continue;
    const auto& ast = unit.parsed.ast;
    const auto operand = ast[link.include.id].first;
    link.undefined =
        asks_for_none(constants, unit, operand) || is_set_to_none(constants, unit, operand);
  }
}

}  // namespace stackaudit::stack::php

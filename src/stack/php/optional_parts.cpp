// Parts that an edition of a program lacks: what lies in pro/ is loaded in many places, and one of
// them asks whether pro/ has anything.
#include "stack/php/conditions.hpp"
#include "stack/php/resolve.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// The outermost of the directories around the file that are not there; empty where all are.
std::string absent_directory(const Survey& survey, const std::string& path) {
  std::string absent;
  for (auto at = tree::dirname(path);
       at.size() > 1 && survey.state_of(at, "directory") == "missing"; at = tree::dirname(at))
    absent = at;
  return absent;
}

// Whether the code has the name as a component of a path: "/pro/a.php", 'pro'.
bool names_component(std::string_view code, std::string_view name) {
  constexpr std::string_view kEnds = "/'\"";
  for (auto at = code.find(name); at != code.npos; at = code.find(name, at + 1))
    if (at > 0 && kEnds.find(code[at - 1]) != kEnds.npos && at + name.size() < code.size() &&
        kEnds.find(code[at + name.size()]) != kEnds.npos)
      return true;
  return false;
}

}  // namespace

bool is_of_optional_part(const Corpus& corpus, const Unit& unit, const Target& target) {
  const auto directory = absent_directory(corpus.survey(), target.path);
  if (directory.empty()) return false;
  const auto name = tree::basename(directory);
  // A file that lies elsewhere is looked for in the wrong place.
  if (std::ranges::any_of(corpus.units, [&](const Unit& other) {
        return other.application == unit.application &&
               tree::basename(other.path) == tree::basename(target.path);
      }))
    return false;
  return std::ranges::any_of(corpus.units, [&](const Unit& other) {
    if (other.application != unit.application || !names_component(other.text, name)) return false;
    return std::ranges::any_of(other.parsed.ast.nodes, [&](const Node& node) {
      if (node.kind != NodeKind::call) return false;
      const auto call = Corpus::slice(other, node);
      return asks_for_file(call) && names_component(call, name);
    });
  });
}

}  // namespace stackaudit::stack::php

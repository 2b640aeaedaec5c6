// By the names of the classes: a parent of another application's file with the same name counts,
// too, and makes a value doubtful at most.
#include "stack/php/overrides.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kMostLookedUp = 32;  // definitions; of more only the children count
constexpr std::size_t kMostParents = 8;

// The class that the words stand in; nullptr: none.
const Type* type_around(const Definition& definition) {
  const auto at = definition.unit->parsed.ast[definition.name].begin;
  const Type* found = nullptr;
  for (const auto& type : definition.unit->symbols.types)
    if (type.begin <= at && (found == nullptr || type.begin > found->begin)) found = &type;
  return found;
}

bool is_own(const Unit& unit, std::string_view name) {
  return std::ranges::any_of(unit.symbols.types,
                             [&](const Type& type) { return type.name == name; });
}

bool is_below(const Definitions& all, const Type* type, const Unit& unit, bool far) {
  for (std::size_t step = 0; type != nullptr && step < kMostParents; ++step) {
    std::string_view parent;
    for (const auto& base : type->bases) {
      if (is_own(unit, base.name)) return true;
      if (base.parent) parent = base.name;
    }
    if (!far || parent.empty()) return false;
    type = all.type(parent, unit);
  }
  return false;
}

}  // namespace

std::vector<Definition> overriding(const Definitions& all,
                                   const std::vector<Definition>& definitions, const Unit& unit) {
  std::vector<Definition> found;
  if (unit.symbols.types.empty()) return found;
  const bool far = definitions.size() <= kMostLookedUp;
  std::ranges::copy_if(definitions, std::back_inserter(found), [&](const Definition& each) {
    return each.unit != &unit && is_below(all, type_around(each), unit, far);
  });
  return found;
}

bool is_of_unmade(const Definition& definition) {
  const auto* type = type_around(definition);
  return type != nullptr && type->unmade;
}

}  // namespace stackaudit::stack::php

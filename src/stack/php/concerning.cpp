// Which of several definitions of a name a file means.
#include "stack/php/definitions.hpp"

#include <algorithm>
#include <iterator>

namespace stackaudit::stack::php {
namespace {

// Whether what the one defines may be there when the other is run: both are run by requests for the
// same directories, or it is not known by which.
bool meet(const Unit& one, const Unit& other) {
  return one.starts.empty() || other.starts.empty() ||
         std::ranges::any_of(one.starts,
                             [&](const auto& start) { return other.starts.contains(start); });
}

bool decides(const Definition& d) {
  return !d.fallback && !d.conditional;
}

}  // namespace

bool starts_matter(const Definitions& definitions) {
  if (!definitions.of("@start").empty()) return true;
  return std::ranges::any_of(definitions.constants(), [](const auto& constant) {
    const auto& all = *constant.second;
    return all.size() > 1 && std::ranges::any_of(all, [&](const Definition& fallback) {
             return fallback.fallback && std::ranges::any_of(all, [&](const Definition& d) {
                      return decides(d) && d.unit->application == fallback.unit->application &&
                             !meet(*d.unit, *fallback.unit);
                    });
           });
  });
}

std::vector<Definition> concerning(const std::vector<Definition>& definitions, const Unit& unit) {
  if (definitions.size() < 2) return definitions;
  const auto keep = [&](auto fits) {
    std::vector<Definition> kept;
    std::ranges::copy_if(definitions, std::back_inserter(kept), fits);
    return kept;
  };
  const auto same_application = [&](const Definition& d) {
    return d.unit->application == unit.application;
  };
  auto near = keep([&](const Definition& d) {
    return same_application(d) && d.unit->wordpress == unit.wordpress;
  });
  if (near.empty()) near = keep(same_application);
  if (near.empty()) near = definitions;
  const auto is_overridden = [&](const Definition& fallback) {
    return fallback.fallback && std::ranges::any_of(near, [&](const Definition& d) {
             return decides(d) && meet(*d.unit, *fallback.unit);
           });
  };
  std::vector<Definition> kept;
  std::ranges::remove_copy_if(near, std::back_inserter(kept), is_overridden);
  return kept;
}

}  // namespace stackaudit::stack::php

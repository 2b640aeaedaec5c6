// Which of several definitions of a name a file means.
#include "stack/php/definitions.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace stackaudit::stack::php {
namespace {

constexpr std::array<std::string_view, 7> kPlaces{
    "__DIR__", "__FILE__", "dirname", "realpath", "getcwd", "/", "DIRECTORY_SEPARATOR"};
constexpr std::size_t kMostCompared = 8;

// Whether what the one defines may be there when the other is run: both are run by requests for the
// same directories, or it is not known by which.
bool meet(const Unit& one, const Unit& other) {
  const auto told = [](const Unit& unit) {
    return !unit.starts.empty() && unit.starts.size() < kMostStarts;
  };
  return !told(one) || !told(other) || std::ranges::any_of(one.starts, [&](const auto& start) {
    return other.starts.contains(start);
  });
}

// Whether a request for the one may load the other: of another application only what entry points
// of the same directory were seen to load.
bool may_load(const Unit& unit, const Unit& other) {
  return unit.application == other.application || unit.starts.empty() ||
         std::ranges::any_of(unit.starts,
                             [&](const auto& start) { return other.starts.contains(start); });
}

template <class Fits>
std::vector<Definition> keep_of(const std::vector<Definition>& definitions, Fits fits) {
  std::vector<Definition> kept;
  std::ranges::copy_if(definitions, std::back_inserter(kept), fits);
  return kept;
}

// Whether the value names a place.
bool is_path(const Definition& d) {
  const auto words = Corpus::slice(*d.unit, d.unit->parsed.ast[d.value]);
  return text::contains_any(words, kPlaces);
}

bool decides(const Definition& d) {
  return !d.fallback && !d.conditional;
}

}  // namespace

bool starts_matter(const Definitions& definitions) {
  if (!definitions.of("@start").empty()) return true;
  return std::ranges::any_of(definitions.constants(), [](const auto& constant) {
    const auto& all = *constant.second;
    if (all.size() < 2) return false;
    const bool few = all.size() <= kMostCompared;
    return std::ranges::any_of(all, [&](const Definition& one) {
      return (one.fallback || (few && is_path(one))) &&
             std::ranges::any_of(all, [&](const Definition& d) {
               return (few || decides(d)) && d.unit->application == one.unit->application &&
                      !meet(*d.unit, *one.unit);
             });
    });
  });
}

std::vector<Definition> concerning(const std::vector<Definition>& definitions, const Unit& unit,
                                   bool part) {
  if (part && definitions.size() > 1)
    return concerning(
        keep_of(definitions, [&](const Definition& d) { return d.unit->part == unit.part; }), unit);
  const auto is_specimen = [](const Definition& d) { return d.unit->specimen; };
  if (!unit.specimen && std::ranges::any_of(definitions, is_specimen))
    return concerning(keep_of(definitions, std::not_fn(is_specimen)), unit);
  const auto keep = [&](auto fits) { return keep_of(definitions, fits); };
  if (definitions.size() < 2)
    return keep([&](const Definition& d) { return may_load(unit, *d.unit); });
  const auto same_application = [&](const Definition& d) {
    return d.unit->application == unit.application;
  };
  auto near = keep([&](const Definition& d) {
    return same_application(d) && d.unit->wordpress == unit.wordpress;
  });
  if (near.empty()) near = keep(same_application);
  if (near.empty()) near = keep([&](const Definition& d) { return may_load(unit, *d.unit); });
  // What requests for other directories define is not there.
  if (near.size() > 1)
    if (auto met = keep_of(near, [&](const Definition& d) { return meet(*d.unit, unit); });
        !met.empty())
      near = std::move(met);
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

// Each name is looked for once: most names that are nowhere are used in many places.
#include "stack/php/near_names.hpp"

#include "stack/php/slips.hpp"
#include "text/suggest.hpp"

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kShortName = 4, kLongName = 12;
// Names looked at for one application: whoever writes thousands of names that are nowhere gets no
// suggestion for the last of them.
constexpr std::size_t kMostLooks = 10'000'000;

}  // namespace

std::string NearNames::function(const std::string& name,
                                const std::vector<std::string_view>& own) const {
  const auto [it, fresh] = functions_.try_emplace(name);
  if (fresh) it->second = search(name, own, names_.functions, false);
  return it->second;
}

std::string NearNames::constant(const std::string& name,
                                const std::vector<std::string_view>& own) const {
  const auto [it, fresh] = constants_.try_emplace(name);
  if (fresh) it->second = search(name, own, names_.constants, true);
  return it->second;
}

template <class Known>
std::string NearNames::search(const std::string& name, const std::vector<std::string_view>& own,
                              const Known& known, bool series) const {
  if (name.size() < kShortName || looks_ > kMostLooks) return {};
  looks_ += own.size() + (of_guest_ ? 0 : known.size());
  const std::size_t limit = name.size() >= kLongName ? 2 : 1;
  std::string best;
  auto distance = limit + 1;
  const auto own_family = family(name);
  const auto is_long = [&](std::string_view other) {
    return other.size() + limit >= name.size() && other.size() <= name.size() + limit;
  };
  const auto look = [&](std::string_view other) {
    if (const auto d = text::edit_distance(name, other, limit);
        d < distance && !(series && is_of_series(name, other))) {
      distance = d;
      best = other;
    }
  };
  for (const auto& other : own)
    if (is_long(other) && !is_of_other_family(name, other) &&
        (!of_guest_ || family(other) == own_family))
      look(other);
  if (of_guest_) return best;
  for (const auto& [other, of] : known)
    if (is_long(other) &&
        ((other[0] == name[0] && family(other) == own_family) || is_same_word(name, other)))
      look(other);
  return best;
}

}  // namespace stackaudit::stack::php

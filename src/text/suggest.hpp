// "Did you mean ...?": the nearest of some known words by edit distance.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

namespace stackaudit::text {

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) that turn
// a into b, each counted 1; a change of letter case is a substitution. Stops early and
// returns limit + 1 when the distance is above limit.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// How far a typing error may be from the word that was meant: a third of its length, of a file's
// name without its extension, at least 1 and at most 3.
[[nodiscard]] std::size_t typo_limit(std::string_view word);

// The candidate nearest to word and within typo_limit; on a tie the first one. Words that differ
// only in letter case are nearest. Candidates are anything that converts to std::string_view.
template <std::ranges::input_range Candidates>
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const Candidates& candidates);

// The text with ASCII letters in lower case; other bytes stay.
[[nodiscard]] std::string lower(std::string_view text);

// Whether the two differ in ASCII letter case at most.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

template <std::ranges::input_range Candidates>
std::optional<std::string> nearest(std::string_view word, const Candidates& candidates) {
  std::optional<std::string> best;
  std::size_t limit = typo_limit(word);
  for (const std::string_view candidate : candidates) {
    if (candidate == word) continue;
    if (equal_ignoring_case(candidate, word)) return std::string(candidate);
    const auto distance = edit_distance(word, candidate, limit);
    if (distance > limit || (best && distance == limit)) continue;
    best = std::string(candidate);
    limit = distance;
  }
  return best;
}

}  // namespace stackaudit::text

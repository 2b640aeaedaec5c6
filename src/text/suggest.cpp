// Optimal string alignment over three rolling rows.
#include "text/suggest.hpp"

#include <algorithm>
#include <vector>

namespace stackaudit::text {
namespace {

constexpr std::size_t kExtension = 5;      // ".conf", ".phpp": says little of which name is meant
constexpr std::size_t kLongestWord = 512;  // longer words are not typing errors of each other

char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower_letter);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_letter, lower_letter);
}

std::size_t typo_limit(std::string_view word) {
  const auto dot = word.rfind('.');
  const bool extended = dot != std::string_view::npos && dot > 0 && word.size() - dot <= kExtension;
  return std::clamp<std::size_t>((extended ? dot : word.size()) / 3, 1, 3);
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const auto difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit || std::max(a.size(), b.size()) > kLongestWord) return limit + 1;

  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    if (std::ranges::min(row) > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

}  // namespace stackaudit::text

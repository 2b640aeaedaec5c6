// Comparing names by what they say.
#include "stack/php/slips.hpp"

#include "text/suggest.hpp"

namespace stackaudit::stack::php {

std::string magic_constant(std::string_view name) {
  const auto begin = name.find_first_not_of('_');
  if (begin == std::string_view::npos || (begin == 0 && !name.ends_with('_'))) return {};
  const auto end = name.find_last_not_of('_') + 1;
  const auto word = name.substr(begin, end - begin);
  const bool framed = begin == 2 && word.size() > 2 && name.size() - end == 2;
  for (const std::string_view known :
       {"DIR", "FILE", "LINE", "CLASS", "FUNCTION", "METHOD", "NAMESPACE", "TRAIT"})
    if (text::equal_ignoring_case(word, known) ||
        (framed && text::edit_distance(text::lower(word), text::lower(known), 1) <= 1))
      return "__" + std::string(known) + "__";
  return {};
}

bool is_same_word(std::string_view name, std::string_view other) {
  std::size_t at = 0;
  for (const char c : name) {
    if (c == '_') continue;
    while (at < other.size() && other[at] == '_') ++at;
    if (at == other.size() || other[at++] != c) return false;
  }
  return at == other.size();
}

bool is_of_series(std::string_view name, std::string_view other) {
  const auto part = [](std::string_view text, bool digits) {
    std::string kept;
    for (const char c : text)
      if (c != '_' && (c >= '0' && c <= '9') == digits) kept += c;
    return kept;
  };
  return part(name, false) == part(other, false) && part(name, true) != part(other, true);
}

bool is_of_other_family(std::string_view name, std::string_view other) {
  constexpr std::size_t kShort = 3;
  const auto one = family(name), two = family(other);
  return one != two && one.size() == two.size() && one.size() <= kShort;
}

std::string_view family(std::string_view name) {
  const auto line = name.find('_', 1);
  return line == std::string_view::npos ? std::string_view{} : name.substr(0, line);
}

}  // namespace stackaudit::stack::php

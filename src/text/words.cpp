// A line's words.
#include "text/words.hpp"

#include <algorithm>

namespace stackaudit::text {

std::vector<std::string_view> words(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  std::vector<std::string_view> found;
  for (std::size_t at = 0; (at = line.find_first_not_of(kBlank, at)) != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(kBlank, at), line.size());
    found.push_back(line.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace stackaudit::text

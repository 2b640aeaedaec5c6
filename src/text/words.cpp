// A text is walked once, and nothing of it is copied.
#include "text/words.hpp"

#include <algorithm>
#include <iterator>

namespace stackaudit::text {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";

}  // namespace

std::vector<Line> lines(std::string_view content) {
  std::vector<Line> found;
  for (std::size_t at = 0; at < content.size();) {
    const auto end = std::min(content.find('\n', at), content.size());
    found.push_back({content.substr(at, end - at), std::ssize(found) + 1, at});
    at = end + 1;
  }
  return found;
}

std::vector<std::string_view> words(std::string_view line) {
  return words(line, kBlank);
}

std::vector<std::string_view> words(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0;
       (at = text.find_first_not_of(separators, at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

std::vector<std::string_view> fields(std::string_view text, char separator) {
  std::vector<std::string_view> found;
  for (;;) {
    const auto end = std::min(text.find(separator), text.size());
    found.push_back(text.substr(0, end));
    if (end == text.size()) return found;
    text.remove_prefix(end + 1);
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

}  // namespace stackaudit::text

// As PHP takes a heredoc since 7.3: the indentation of the closing label is taken from each line.
#include "stack/php/heredoc.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

std::optional<std::size_t> indentation(std::string_view heredoc) {
  if (heredoc.find("<<<") >= 2) return std::nullopt;
  const auto line = heredoc.rfind('\n') + 1;
  return std::min(heredoc.find_first_not_of(" \t", line), heredoc.size()) - line;
}

std::string dedented(std::string_view part, std::size_t indent, bool first, bool last) {
  if (last) part = part.substr(0, part.find_last_not_of(" \t") + 1);
  if (last && part.ends_with('\n')) part.remove_suffix(1);
  if (last && part.ends_with('\r')) part.remove_suffix(1);
  std::string out;
  std::size_t skip = first ? indent : 0;
  for (const char c : part) {
    if (skip > 0 && (c == ' ' || c == '\t')) {
      --skip;
      continue;
    }
    out += c;
    skip = c == '\n' ? indent : 0;
  }
  return out;
}

}  // namespace stackaudit::stack::php

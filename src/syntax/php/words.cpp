// The words of a text of PHP code without its comments, strings and attributes.
#include "syntax/php/heads.hpp"
#include "text/suggest.hpp"

#include <cctype>

namespace stackaudit::syntax::php {
namespace {

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '\\' || c == '$' ||
         static_cast<unsigned char>(c) >= 128;
}

// Past a comment or a string that begins at `at`; `at` where there is none.
std::size_t past_quiet(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  const auto after = [&](std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  if (rest.starts_with("/*")) return after("*/", at + 2);
  if (rest.starts_with("//") || (rest.starts_with("#") && !rest.starts_with("#[")))
    return after("\n", at);
  if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) return at;
  for (auto i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == rest[0])
      return i + 1;
  }
  return text.size();
}

// Past an attribute, #[...].
std::size_t past_attribute(std::string_view text, std::size_t at) {
  int open = 0;
  while (at < text.size()) {
    if (const auto quiet = past_quiet(text, at); quiet != at) {
      at = quiet;
      continue;
    }
    open += text[at] == '[' ? 1 : text[at] == ']' ? -1 : 0;
    if (text[at++] == ']' && open == 0) return at;
  }
  return at;
}

}  // namespace

Words words(std::string_view text, std::uint32_t begin, std::uint32_t end) {
  Words found;
  const auto all = text.substr(0, end);
  for (std::size_t at = begin; at < end;) {
    if (all.substr(at).starts_with("#[")) {
      at = past_attribute(all, at);
    } else if (const auto quiet = past_quiet(all, at); quiet != at) {
      at = quiet;
    } else if (is_word_byte(all[at])) {
      const auto from = at;
      while (at < end && is_word_byte(all[at])) ++at;
      found.push_back(text::lower(all.substr(from, at - from)));
    } else if (all.substr(at).starts_with("...")) {
      found.emplace_back("...");
      at += 3;
    } else {
      if (std::isspace(static_cast<unsigned char>(all[at])) == 0) found.emplace_back(1, all[at]);
      ++at;
    }
  }
  return found;
}

}  // namespace stackaudit::syntax::php

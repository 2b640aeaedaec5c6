// Only as much of TOML's lexical grammar as it takes to tell dots of keys from dots in strings and
// comments: https://toml.io/en/v1.0.0
#include "rules/toml_guard.hpp"

#include <algorithm>

namespace stackaudit::rules {
namespace {

// The offset after the string that begins at `at`; a string that is never closed ends with its
// line, or with the text if it may hold lines.
std::size_t after_string(std::string_view toml, std::size_t at) {
  const char quote = toml[at];
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool lines = toml.substr(at, 3) == triple;
  for (auto i = at + (lines ? 3 : 1); i < toml.size(); ++i) {
    if (toml[i] == '\\' && quote == '"') {
      ++i;
    } else if (lines ? toml.substr(i, 3) == triple : toml[i] == quote) {
      return i + (lines ? 3 : 1);
    } else if (!lines && toml[i] == '\n') {
      return i;
    }
  }
  return toml.size();
}

bool ends_key(char c) {
  return c == '=' || c == '[' || c == ']' || c == '{' || c == '}' || c == ',' || c == '\n';
}

}  // namespace

std::optional<std::size_t> overlong_key(std::string_view toml) {
  std::size_t begin = 0;
  std::size_t parts = 1;
  for (std::size_t at = 0; at < toml.size();) {
    const char c = toml[at];
    if (c == '"' || c == '\'') {
      at = after_string(toml, at);
      continue;
    }
    if (c == '#') at = std::min(toml.find('\n', at), toml.size() - 1);
    if (c == '#' || ends_key(c)) {
      begin = at + 1;
      parts = 1;
    }
    if (c == '.' && ++parts > kMaxKeyParts) return begin;
    ++at;
  }
  return std::nullopt;
}

}  // namespace stackaudit::rules

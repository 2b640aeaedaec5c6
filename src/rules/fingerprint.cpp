// 64 bits of FNV-1a: not against forgery, only to tell findings apart.
#include "rules/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace stackaudit::rules {
namespace {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// How many bytes at the start of rest are ":12" or ":12:3".
std::size_t line_suffix(std::string_view rest) {
  std::size_t at = 0;
  for (int part = 0; part < 2 && at < rest.size() && rest[at] == ':'; ++part) {
    auto end = at + 1;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    if (end == at + 1) break;
    at = end;
  }
  return at;
}

std::string without_suffix(std::string_view word) {
  if (!word.starts_with('/')) return std::string(word);
  for (std::size_t i = 0; i < word.size(); ++i)
    if (const auto size = line_suffix(word.substr(i)); size > 0)
      return std::string(word.substr(0, i)) + std::string(word.substr(i + size));
  return std::string(word);
}

bool all_digits(std::string_view word) {
  while (!word.empty() && (word.back() == ',' || word.back() == ')')) word.remove_suffix(1);
  return !word.empty() && std::ranges::all_of(word, is_digit);
}

}  // namespace

std::string without_lines(std::string_view message) {
  std::string out;
  std::string_view before;
  while (!message.empty()) {
    const auto end = std::min(message.find(' '), message.size());
    const auto word = message.substr(0, end);
    const bool numbers_a_line = (before == "line" || before == "lines") && all_digits(word);
    if (!out.empty()) out += ' ';
    out += numbers_a_line ? std::string{} : without_suffix(word);
    before = word;
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return out;
}

void set_fingerprints(std::vector<Finding>& findings) {
  std::map<std::string, int> seen;
  for (auto& finding : findings) {
    const auto key =
        fmt::format("{}\n{}\n{}", finding.rule, finding.path, without_lines(finding.message));
    const auto ordinal = seen[key]++;
    finding.fingerprint = fmt::format("{:016x}", fnv1a(fmt::format("{}\n{}", key, ordinal)));
  }
}

}  // namespace stackaudit::rules

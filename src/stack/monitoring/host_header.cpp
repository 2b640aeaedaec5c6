// curl(1), monit(1) HTTP, Telegraf's tables [inputs.PLUGIN.headers].
#include "stack/monitoring/host_header.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cctype>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kHost = "host", kQuotes = "\"'", kBlanks = " \t", kOfAddress = "?&/";

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

// The value behind the word that ends at `at` and one of the signs; empty where that is no header.
std::string_view value_at(std::string_view text, std::size_t at, std::string_view signs) {
  auto rest = text.substr(at);
  const auto skip = [&](std::string_view what) {
    rest.remove_prefix(std::min(rest.find_first_not_of(what), rest.size()));
  };
  constexpr std::string_view kHeader = "header";  // Monit's hostheader "x" has no sign
  const bool word = rest.starts_with(kHeader);
  if (word) rest.remove_prefix(kHeader.size());
  skip(kQuotes);
  skip(kBlanks);
  if (!word && (rest.empty() || signs.find(rest[0]) == signs.npos)) return {};
  if (!word) rest.remove_prefix(1);
  skip(kBlanks);
  skip(kQuotes);
  return rest.substr(
      0, static_cast<std::size_t>(std::ranges::find_if_not(rest, is_name) - rest.begin()));
}

}  // namespace

std::string host_header(std::string_view text) {
  const auto lower = text::lower(text);
  const bool fetches = lower.find("curl") != lower.npos || lower.find("wget") != lower.npos;
  const std::string_view signs = fetches ? ":" : ":=";  // curl -d host=db sets no header
  for (auto at = lower.find(kHost); at != std::string::npos; at = lower.find(kHost, at + 1)) {
    // No part of another word, no parameter of an address.
    if (at > 0 && (is_name(lower[at - 1]) || kOfAddress.find(lower[at - 1]) != kOfAddress.npos))
      continue;
    if (const auto value = value_at(lower, at + kHost.size(), signs); !value.empty())
      return std::string(value);
  }
  return {};
}

std::string text_of_check(std::string_view agent, std::string_view content, std::size_t at) {
  constexpr std::size_t kMost = 64U << 10U;
  const bool plugin = agent == "telegraf";
  std::string text(content.substr(at, content.find('\n', at) - at));
  content.remove_prefix(std::min(at + text.size() + 1, content.size()));
  if (!plugin && agent != "monit") return text;
  for (const auto& each : text::lines(content.substr(0, kMost))) {
    auto line = text::trimmed(each.text);
    const bool comment = line.starts_with('#');
    line.remove_prefix(std::min(line.find_first_not_of("# \t"), line.size()));
    const bool next = plugin ? line.starts_with("[[")
                             : !comment && (line.starts_with("if ") || line.starts_with("check "));
    if (next) break;
    if (!comment) text.append("\n").append(each.text);
  }
  return text;
}

}  // namespace stackaudit::stack

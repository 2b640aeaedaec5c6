// curl(1), monit(1) HTTP, Telegraf's tables [inputs.PLUGIN.headers].
#include "stack/monitoring/host_header.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cctype>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kHost = "host", kQuotes = "\"'", kBlanks = " \t";

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

// The value behind the word that ends at `at`; empty where that is no header.
std::string_view value_at(std::string_view text, std::size_t at) {
  auto rest = text.substr(at);
  const auto skip = [&](std::string_view what) {
    rest.remove_prefix(std::min(rest.find_first_not_of(what), rest.size()));
  };
  constexpr std::string_view kHeader = "header";  // Monit's hostheader "x" has no sign
  const bool word = rest.starts_with(kHeader);
  if (word) rest.remove_prefix(kHeader.size());
  skip(kQuotes);
  skip(kBlanks);
  if (!word && !rest.starts_with(':') && !rest.starts_with('=')) return {};
  if (!word) rest.remove_prefix(1);
  skip(kBlanks);
  skip(kQuotes);
  return rest.substr(
      0, static_cast<std::size_t>(std::ranges::find_if_not(rest, is_name) - rest.begin()));
}

}  // namespace

std::string host_header(std::string_view text) {
  const auto lower = text::lower(text);
  for (auto at = lower.find(kHost); at != std::string::npos; at = lower.find(kHost, at + 1)) {
    if (at > 0 && is_name(lower[at - 1])) continue;
    if (const auto value = value_at(lower, at + kHost.size()); !value.empty())
      return std::string(value);
  }
  return {};
}

std::string_view text_of_check(std::string_view agent, std::string_view content, std::size_t at) {
  const bool plugin = agent == "telegraf";
  auto end = std::min(content.find('\n', at), content.size());
  while ((plugin || agent == "monit") && end < content.size()) {
    const auto next = std::min(content.find('\n', end + 1), content.size());
    const auto line = text::trimmed(content.substr(end + 1, next - end - 1));
    if (plugin ? line.starts_with("[[") : line.starts_with("if ") || line.starts_with("check "))
      break;
    end = next;
  }
  return content.substr(at, end - at);
}

}  // namespace stackaudit::stack

// The checks are a table by the word in the data file's `value` column.
#include "stack/nginx/values.hpp"

#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace stackaudit::stack::nginx {
namespace {

using Args = std::vector<std::string_view>;

std::string directive_says(std::string_view directive, std::string_view what) {
  return '"' + std::string(directive) + "\" directive " + std::string(what);
}

std::string check_number(std::string_view directive, std::string_view bounds, const Args& args) {
  const auto number = parse_number(args[0]);
  if (!number) return directive_says(directive, "invalid number");
  const auto dash = bounds.find('-', 1);
  if (bounds.empty() || dash == std::string_view::npos) return {};
  const auto least = parse_number(bounds.substr(0, dash));
  const auto most = parse_number(bounds.substr(dash + 1));
  if (!least || !most || (*number >= *least && *number <= *most)) return {};
  return "value must be between " + std::to_string(*least) + " and " + std::to_string(*most);
}

std::string check_size(std::string_view directive, std::string_view, const Args& args) {
  return parse_size(args[0], false) ? "" : directive_says(directive, "invalid value");
}

std::string check_offset(std::string_view directive, std::string_view, const Args& args) {
  return parse_size(args[0], true) ? "" : directive_says(directive, "invalid value");
}

std::string check_milliseconds(std::string_view directive, std::string_view, const Args& args) {
  return is_time(args[0], false) ? "" : directive_says(directive, "invalid value");
}

std::string check_seconds(std::string_view directive, std::string_view, const Args& args) {
  return is_time(args[0], true) ? "" : directive_says(directive, "invalid value");
}

std::string check_keepalive(std::string_view directive, std::string_view, const Args& args) {
  const bool fine = is_time(args[0], false) && (args.size() < 2 || is_time(args[1], true));
  return fine ? "" : directive_says(directive, "invalid value");
}

std::string check_buffers(std::string_view directive, std::string_view, const Args& args) {
  const auto number = parse_number(args[0]);
  const auto size = args.size() > 1 ? parse_size(args[1], false) : std::nullopt;
  const bool fine = number && *number > 0 && size && *size > 0;
  return fine ? "" : directive_says(directive, "invalid value");
}

std::string check_flag(std::string_view directive, std::string_view, const Args& args) {
  if (text::equal_ignoring_case(args[0], "on") || text::equal_ignoring_case(args[0], "off"))
    return {};
  return "invalid value \"" + std::string(args[0]) + "\" in \"" + std::string(directive) +
         "\" directive, it must be \"on\" or \"off\"";
}

std::string check_words(std::string_view, std::string_view words, const Args& args) {
  const auto value = "enum:" + std::string(words);  // known points into it
  const auto known = possible_words(value);
  for (const auto arg : args)
    if (std::ranges::none_of(known,
                             [&](auto word) { return text::equal_ignoring_case(word, arg); }))
      return "invalid value \"" + std::string(arg) + '"';
  return {};
}

std::string check_count(std::string_view, std::string_view, const Args& args) {
  return parse_number(args[0]) ? "" : "invalid number \"" + std::string(args[0]) + '"';
}

std::string check_processes(std::string_view directive, std::string_view, const Args& args) {
  const bool fine = args[0] == "auto" || parse_number(args[0]);
  return fine ? "" : directive_says(directive, "invalid value");
}

struct Check {
  std::string_view value;
  std::string (*run)(std::string_view directive, std::string_view detail, const Args& args);
};
constexpr std::array<Check, 12> kChecks{{
    {"num", check_number},
    {"size", check_size},
    {"off", check_offset},
    {"msec", check_milliseconds},
    {"sec", check_seconds},
    {"flag", check_flag},
    {"bufs", check_buffers},
    {"enum", check_words},
    {"bitmask", check_words},
    {"count", check_count},
    {"processes", check_processes},
    {"keepalive", check_keepalive},
}};

}  // namespace

std::optional<std::int64_t> parse_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char ch : text) {
    if (ch < '0' || ch > '9') return std::nullopt;
    if (value > (std::numeric_limits<std::int64_t>::max() - (ch - '0')) / 10) return std::nullopt;
    value = value * 10 + (ch - '0');
  }
  return value;
}

std::optional<std::int64_t> parse_size(std::string_view text, bool offset) {
  if (text.empty()) return std::nullopt;
  std::int64_t scale = 1;
  switch (text.back()) {
    case 'K':
    case 'k':
      scale = 1 << 10;
      break;
    case 'M':
    case 'm':
      scale = 1 << 20;
      break;
    case 'G':
    case 'g':
      if (offset) scale = 1 << 30;
      break;
    default:
      break;
  }
  if (scale != 1) text.remove_suffix(1);
  const auto number = parse_number(text);
  if (!number || *number > std::numeric_limits<std::int64_t>::max() / scale) return std::nullopt;
  return *number * scale;
}

std::optional<std::int64_t> parse_time(std::string_view text, bool seconds_only) {
  // The units in the only order in which nginx takes them; a bare number counts as seconds.
  constexpr std::string_view kUnits = "yMwdhms";
  constexpr std::array<std::int64_t, 7> kSeconds{31536000, 2592000, 604800, 86400, 3600, 60, 1};
  constexpr std::int64_t kMost = 100'000'000;  // where it is used, more is as much as this
  const std::int64_t scale = seconds_only ? 1 : 1000;
  std::size_t step = seconds_only ? 0 : 2;
  bool digits = false;
  bool past_seconds = false;
  std::int64_t total = 0;
  std::int64_t number = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      digits = true;
      number = std::min(number * 10 + (text[i] - '0'), kMost);
      continue;
    }
    if (text.substr(i, 2) == "ms") {
      if (seconds_only || step > kUnits.size()) return std::nullopt;
      step = kUnits.size() + 1;
      total += number;
      ++i;
    } else if (text[i] == ' ') {
      if (past_seconds || step >= kUnits.size()) return std::nullopt;
      past_seconds = true;
      total += number * scale;
    } else {
      const auto unit = kUnits.find(text[i]);
      if (unit == std::string_view::npos || unit < step || past_seconds) return std::nullopt;
      step = unit + 1;
      total += number * kSeconds[unit] * scale;
    }
    number = 0;
    while (i + 1 < text.size() && text[i + 1] == ' ') ++i;
  }
  total += number * scale;
  if (!digits) return std::nullopt;
  return total;
}

bool is_time(std::string_view text, bool seconds_only) {
  return parse_time(text, seconds_only).has_value();
}

std::string refusal(std::string_view directive, std::string_view value, const Args& args) {
  if (args.empty()) return {};
  const auto colon = std::min(value.find(':'), value.size());
  for (const auto& check : kChecks)
    if (check.value == value.substr(0, colon))
      return check.run(directive, value.substr(std::min(colon + 1, value.size())), args);
  return {};
}

std::vector<std::string_view> possible_words(std::string_view value) {
  if (value == "flag") return {"on", "off"};
  std::vector<std::string_view> words;
  const auto colon = value.find(':');
  if (colon == std::string_view::npos ||
      !(value.starts_with("enum") || value.starts_with("bitmask")))
    return words;
  for (auto rest = value.substr(colon + 1); !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    words.push_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return words;
}

}  // namespace stackaudit::stack::nginx

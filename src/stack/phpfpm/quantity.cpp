// zend_ini_parse_quantity, observed with PHP 8.2; older ones misread the same values in silence.
#include "stack/phpfpm/quantity.hpp"

#include "stack/placeholders.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 6> kSizes{
    "memory_limit",        "upload_max_filesize", "post_max_size",
    "realpath_cache_size", "pcre.jit_stack_size", "session.upload_progress.min_freq"};
constexpr std::string_view kDigits = "0123456789", kBlanks = " \t\n\v\f\r", kUnits = "kKmMgG";

// What is wrong with it and what PHP takes instead; empty where nothing is.
std::string problem_of(std::string_view value) {
  auto rest = text::trimmed(value);
  if (rest.empty()) return {};
  const std::string sign(rest.substr(0, rest[0] == '-' || rest[0] == '+' ? 1 : 0));
  rest.remove_prefix(sign.size());
  // Other bases are read to their end.
  if (rest.size() > 1 && rest[0] == '0' && kDigits.find(rest[1]) == std::string_view::npos)
    return {};
  const auto count = std::min(rest.find_first_not_of(kDigits), rest.size());
  if (count == 0) return ": no valid leading digits, interpreting as \"0\"";
  const auto end = std::min(rest.find_first_not_of(kBlanks, count), rest.size());
  const auto number = sign + std::string(rest.substr(0, end));
  const auto unit = text::trimmed(rest.substr(count));
  if (unit.empty()) return {};
  const bool known = kUnits.find(unit.back()) != std::string_view::npos;
  if (!known)
    return std::string(": unknown multiplier \"") + unit.back() + "\", interpreting as \"" +
           number + "\"";
  return unit.size() == 1 ? std::string{} : ", interpreting as \"" + number + unit.back() + "\"";
}

// "128MB" and "128 MiB" mean 128M.
std::string meant(std::string_view value) {
  const auto text = text::trimmed(value);
  const auto count = std::min(text.find_first_not_of(kDigits), text.size());
  const auto unit = text::trimmed(text.substr(count));
  const bool bytes = unit.size() > 1 && kUnits.find(unit[0]) != std::string_view::npos &&
                     (unit.substr(1) == "B" || unit.substr(1) == "b" || unit.substr(1) == "iB" ||
                      unit.substr(1) == "i");
  return count > 0 && bytes ? std::string(text.substr(0, count)) + unit[0] : std::string{};
}

}  // namespace

std::optional<std::int64_t> quantity(std::string_view value) {
  auto text = text::trimmed(value);
  if (text == "-1") return -1;
  unsigned shift = 0;
  if (!text.empty())
    for (const auto& [unit, bits] : {std::pair{'k', 10U}, {'m', 20U}, {'g', 30U}})
      if ((text.back() | 0x20) == unit) shift = bits;
  if (shift != 0) text.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t kMost = std::int64_t{1} << 32U;  // more is no limit that anybody meets
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return std::min(number, kMost) << shift;
}

void check_quantity(Survey& survey, std::string_view name, const std::string& value,
                    const facts::Place& place) {
  if (std::ranges::find(kSizes, name) == kSizes.end()) return;
  const auto problem = problem_of(value);
  if (problem.empty()) return;
  if (placeholder_in(value) && !survey.knows_accounts())
    return survey.blind(place, "syntax_problem", name, value + " is filled in before php reads it");
  survey.add_problem(
      place, {.service = "php",
              .language = "ini",
              .code = "quantity",
              .severity = "warning",
              .message = "Invalid \"" + std::string(name) + "\" setting. Invalid quantity \"" +
                         value + "\"" + problem + " for backwards compatibility",
              .help = "write a whole number and K, M or G",
              .replacement = meant(value)});
}

}  // namespace stackaudit::stack

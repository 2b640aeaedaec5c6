// Expressions are matched by the library that nginx uses.
#include "stack/nginx/locations.hpp"

#include "text/regex.hpp"

#include <array>

namespace stackaudit::stack::nginx {
namespace {

// In the order in which nginx tries them.
constexpr std::array<std::string_view, 5> kModifiers{"=", "^~", "~*", "~", "@"};

bool is_modifier(std::string_view word) {
  for (const auto modifier : kModifiers)
    if (word == modifier) return true;
  return false;
}

LocationName name_of(const facts::Directive& row) {
  const std::string_view args = row.args;
  const auto blank = args.find(' ');
  if (blank == std::string_view::npos || !is_modifier(args.substr(0, blank)))
    return location_name(args, {});
  return location_name(args.substr(0, blank), args.substr(blank + 1));
}

}  // namespace

LocationName location_name(std::string_view first, std::string_view second) {
  if (!second.empty()) return {first, second};
  for (const auto modifier : kModifiers)
    if (first.size() > modifier.size() && first.starts_with(modifier))
      return {modifier, first.substr(modifier.size())};
  return {"", first};
}

text::Regex expression_of(const LocationName& location) {
  return text::Regex(location.pattern,
                     location.modifier == "~*" ? text::Regex::kCaseless : text::Regex::kPlain);
}

Choice choose_location(const std::vector<LocationName>& locations, const std::string& url) {
  std::optional<std::size_t> longest;
  std::size_t length = 0;
  for (std::size_t i = 0; i < locations.size(); ++i) {
    const auto& [modifier, pattern] = locations[i];
    if (modifier == "=" && pattern == url) return {i, true};
    if ((modifier.empty() || modifier == "^~") && url.starts_with(pattern) &&
        pattern.size() >= length) {
      longest = i;
      length = pattern.size();
    }
  }
  if (longest && locations[*longest].modifier == "^~") return {longest, true};
  for (std::size_t i = 0; i < locations.size(); ++i) {
    const auto& [modifier, pattern] = locations[i];
    if (modifier != "~" && modifier != "~*") continue;
    const auto match = expression_of(locations[i]).matches(url);
    if (!match) return {std::nullopt, false};
    if (*match) return {i, true};
  }
  return {longest, true};
}

ChosenLocation location_for(const std::vector<const facts::Directive*>& rows,
                            const std::string& url) {
  std::vector<const facts::Directive*> locations;
  std::vector<LocationName> names;
  for (const auto* row : rows) {
    if (row->name != "location") continue;
    locations.push_back(row);
    names.push_back(name_of(*row));
  }
  const auto choice = choose_location(names, url);
  return {choice.at ? locations[*choice.at] : nullptr, choice.known};
}

}  // namespace stackaudit::stack::nginx

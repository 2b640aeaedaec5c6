// Expressions are matched by the library that nginx uses.
#include "stack/nginx/locations.hpp"

#include "text/regex.hpp"

#include <sstream>
#include <utility>

namespace stackaudit::stack::nginx {

ChosenLocation location_for(const std::vector<const facts::Directive*>& rows,
                            const std::string& url) {
  const facts::Directive* longest = nullptr;
  std::size_t length = 0;
  bool stop = false;
  std::vector<const facts::Directive*> regular;
  for (const auto* row : rows) {
    if (row->name != "location") continue;
    std::istringstream words(row->args);
    std::string modifier, pattern;
    words >> modifier >> pattern;
    if (pattern.empty()) std::swap(modifier, pattern);
    if (modifier == "=" && pattern == url) return {row, true};
    if (modifier == "~" || modifier == "~*") regular.push_back(row);
    if ((modifier.empty() || modifier == "^~") && !pattern.starts_with('@') &&
        url.starts_with(pattern) && pattern.size() >= length) {
      longest = row;
      length = pattern.size();
      stop = modifier == "^~";
    }
  }
  if (stop) return {longest, true};
  for (const auto* row : regular) {
    const auto blank = row->args.find(' ');
    if (blank == std::string::npos) return {nullptr, false};
    const text::Regex regex(row->args.substr(blank + 1), row->args.starts_with("~*")
                                                             ? text::Regex::kCaseless
                                                             : text::Regex::kPlain);
    const auto match = regex.matches(url);
    if (!match) return {nullptr, false};
    if (*match) return {row, true};
  }
  return {longest, true};
}

}  // namespace stackaudit::stack::nginx

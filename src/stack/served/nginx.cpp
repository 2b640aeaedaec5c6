// ngx_http_core_find_location and the access phase, for a URL that is a file.
#include "stack/nginx/locations.hpp"
#include "stack/served/serving.hpp"
#include "text/regex.hpp"

#include <algorithm>
#include <sstream>

namespace stackaudit::stack::served {
namespace {

constexpr int kMaxNesting = 8;

// Whether strangers are let in by allow and deny of this level; none: it says nothing.
std::optional<bool> lets_strangers(const Blocks::Rows& rows) {
  for (const auto* row : rows) {
    if (row->name != "allow" && row->name != "deny") continue;
    if (row->args == "all") return row->name == "allow";
  }
  return std::nullopt;
}

std::optional<bool> fits(std::string_view pattern, bool caseless, const std::string& url) {
  if (pattern.size() > 1 && pattern.front() == '"' && pattern.back() == '"')
    pattern = pattern.substr(1, pattern.size() - 2);
  return text::Regex(pattern, caseless ? text::Regex::kCaseless : text::Regex::kPlain).matches(url);
}

// Whether `if ($uri ~ ...)` takes the URL; other conditions are no matter of the URL.
bool takes(const std::string& condition, const std::string& url) {
  std::istringstream words(condition.substr(condition.starts_with('(') ? 1 : 0));
  std::string variable, comparison, pattern;
  words >> variable >> comparison;
  std::getline(words >> std::ws, pattern);
  if (pattern.ends_with(')') && condition.starts_with('(')) pattern.pop_back();
  while (pattern.ends_with(' ')) pattern.pop_back();
  const bool names_url =
      variable == "$uri" || variable == "$request_uri" || variable == "$document_uri";
  if (!names_url || pattern.empty()) return false;
  if (comparison == "=") return pattern == url;
  if (comparison != "~" && comparison != "~*") return false;
  return fits(pattern, comparison == "~*", url).value_or(true);
}

// Conditions and rewrites of the server come before any location is chosen.
bool is_taken_first(const Blocks& blocks, const Blocks::Rows& rows, const std::string& url) {
  for (const auto* row : rows) {
    if (row->name == "if" && !blocks.children(row->id).empty() && takes(row->args, url))
      return true;
    if (row->name != "rewrite") continue;
    const auto pattern = row->args.substr(0, row->args.find(' '));
    if (fits(pattern, false, url).value_or(true)) return true;
  }
  return false;
}

}  // namespace

Taken nginx_taken(const Blocks& blocks, const facts::Directive& server, const std::string& url,
                  const std::set<std::int64_t>* known_aliases) {
  const auto* block = &server;
  if (is_taken_first(blocks, blocks.children(server.id), url)) return {};
  bool open = true, protect = false;
  for (int depth = 0; depth < kMaxNesting; ++depth) {
    const auto& rows = blocks.children(block->id);
    if (const auto level = lets_strangers(rows)) open = *level;
    bool run = false, elsewhere = false;
    for (const auto* row : rows) {
      const bool location = block->name == "location";
      if (row->name == "return" || row->name == "internal") return {Delivery::refused};
      if (row->name == "auth_basic" || row->name == "auth_request") protect = row->args != "off";
      const bool known = known_aliases != nullptr && known_aliases->contains(row->id);
      if (location && !known && (row->name == "alias" || row->name == "root")) elsewhere = true;
      if (row->name == "rewrite" || row->name == "if") elsewhere = elsewhere || location;
      if (row->name == "try_files" && !row->args.starts_with("$uri") &&
          !row->args.starts_with("$fastcgi_script_name"))
        elsewhere = true;
      if (row->name == "fastcgi_pass") run = true;
      if (row->name != "fastcgi_pass" && row->name.ends_with("_pass")) elsewhere = true;
    }
    const auto next = nginx::location_for(rows, url);
    if (!next.known) return {};
    if (next.row != nullptr) {
      block = next.row;
      continue;
    }
    if (!open || protect) return {Delivery::refused};
    if (elsewhere) return {};
    return {run ? Delivery::run : Delivery::text, block == &server ? nullptr : block};
  }
  return {};
}

}  // namespace stackaudit::stack::served

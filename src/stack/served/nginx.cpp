// ngx_http_core_find_location and the access phase, for a URL that is a file.
#include "stack/served/serving.hpp"
#include "text/regex.hpp"

#include <algorithm>
#include <sstream>

namespace stackaudit::stack::served {
namespace {

constexpr int kMaxNesting = 8;

struct Choice {
  const facts::Directive* row = nullptr;
  bool known = true;
};

Choice choose(const Blocks::Rows& rows, const std::string& url) {
  const facts::Directive* longest = nullptr;
  std::size_t length = 0;
  bool stop = false;
  Blocks::Rows regular;
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

// Whether strangers are let in by allow and deny of this level; none: it says nothing.
std::optional<bool> lets_strangers(const Blocks::Rows& rows) {
  for (const auto* row : rows) {
    if (row->name != "allow" && row->name != "deny") continue;
    if (row->args == "all") return row->name == "allow";
  }
  return std::nullopt;
}

}  // namespace

Delivery nginx_delivery(const Blocks& blocks, const facts::Directive& server,
                        const std::string& url) {
  const auto* block = &server;
  bool open = true, protect = false;
  for (int depth = 0; depth < kMaxNesting; ++depth) {
    const auto& rows = blocks.children(block->id);
    if (const auto level = lets_strangers(rows)) open = *level;
    bool run = false, elsewhere = false;
    for (const auto* row : rows) {
      const bool location = block->name == "location";
      if (row->name == "return" || row->name == "internal") return Delivery::refused;
      if (row->name == "auth_basic" || row->name == "auth_request") protect = row->args != "off";
      if (location && (row->name == "alias" || row->name == "root")) elsewhere = true;
      if (row->name == "rewrite" || row->name == "if") elsewhere = elsewhere || location;
      if (row->name == "try_files" && !row->args.starts_with("$uri")) elsewhere = true;
      if (row->name == "fastcgi_pass") run = true;
      if (row->name != "fastcgi_pass" && row->name.ends_with("_pass")) elsewhere = true;
    }
    const auto next = choose(rows, url);
    if (!next.known) return Delivery::unknown;
    if (next.row != nullptr) {
      block = next.row;
      continue;
    }
    if (!open || protect) return Delivery::refused;
    if (elsewhere) return Delivery::unknown;
    return run ? Delivery::run : Delivery::text;
  }
  return Delivery::unknown;
}

}  // namespace stackaudit::stack::served

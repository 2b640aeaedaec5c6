// ngx_http_core_find_location and the access phase, for a URL that is a file.
#include "stack/nginx/locations.hpp"
#include "stack/served/serving.hpp"

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
      if (row->name == "try_files" && !row->args.starts_with("$uri") &&
          !row->args.starts_with("$fastcgi_script_name"))
        elsewhere = true;
      if (row->name == "fastcgi_pass") run = true;
      if (row->name != "fastcgi_pass" && row->name.ends_with("_pass")) elsewhere = true;
    }
    const auto next = nginx::location_for(rows, url);
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

// Whether a file below a document root reaches a visitor, and how: decided from the directives in
// effect, as far as they tell. What is too clever counts as unknown, never as served.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stackaudit::stack::served {

enum class Delivery : std::uint8_t { unknown, refused, text, run };

// The directives of one server by their enclosing block.
class Blocks {
 public:
  Blocks(const facts::Store& facts, std::string_view service);

  using Rows = std::vector<const facts::Directive*>;
  [[nodiscard]] const Rows& children(std::int64_t block) const;
  [[nodiscard]] const Rows& all() const { return all_; }
  [[nodiscard]] const facts::Directive* find(std::int64_t id) const;
  // The row of a site's own block; nullptr for Apache's main server.
  [[nodiscard]] const facts::Directive* block_of(const facts::Site& site,
                                                 std::string_view name) const;

 private:
  Rows all_, none_;
  std::unordered_map<std::int64_t, Rows> children_;
  std::unordered_map<std::int64_t, const facts::Directive*> by_id_;
  std::map<std::pair<std::string_view, std::int64_t>, const facts::Directive*>
      hosts_;  // server and VirtualHost blocks by path and line
};

// What nginx does with the URL of a file: the location as nginx chooses it, allow and deny, return,
// internal, auth_basic, try_files, the handlers. known_aliases: rows of `alias` whose directory is
// the one that the file is in.
[[nodiscard]] Delivery nginx_delivery(const Blocks& blocks, const facts::Directive& server,
                                      const std::string& url,
                                      const std::set<std::int64_t>* known_aliases = nullptr);

// What Apache does with it: <Directory>, .htaccess, <Files> and <Location> sections in the order of
// merging, RedirectMatch and RewriteRule that refuse, the handlers.
[[nodiscard]] Delivery apache_delivery(const Blocks& blocks, const facts::Directive* host,
                                       const std::string& path, const std::string& url);

}  // namespace stackaudit::stack::served

// Whether a file below a document root reaches a visitor, and how: decided from the directives in
// effect, as far as they tell. What is too clever counts as unknown, never as served.
#pragma once

#include "stack/blocks.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace stackaudit::stack::served {

enum class Delivery : std::uint8_t { unknown, refused, text, run };

struct Taken {
  Delivery delivery = Delivery::unknown;
  const facts::Directive* location = nullptr;  // that takes the URL; none: the server itself
};

// What nginx does with the URL of a file: the location as nginx chooses it, allow and deny, return,
// internal, auth_basic, try_files, the handlers. known_aliases: rows of `alias` whose directory is
// the one that the file is in.
[[nodiscard]] Taken nginx_taken(const Blocks& blocks, const facts::Directive& server,
                                const std::string& url,
                                const std::set<std::int64_t>* known_aliases = nullptr);

// What Apache does with it: <Directory>, .htaccess, <Files> and <Location> sections in the order of
// merging, RedirectMatch and RewriteRule that refuse, the handlers.
[[nodiscard]] Delivery apache_delivery(const Blocks& blocks, const facts::Directive* host,
                                       const std::string& path, const std::string& url);

}  // namespace stackaudit::stack::served

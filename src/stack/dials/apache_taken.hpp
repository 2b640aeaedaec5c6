// What takes a request from Apache's handler before it is asked: redirects, proxies and
// rewrite rules.
#pragma once

#include "stack/blocks.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// Whether the path is that of the location, or below it.
[[nodiscard]] bool covers(std::string_view location, std::string_view path);
// Whether the expression finds something in the path; none: it does not compile here.
[[nodiscard]] std::optional<bool> found_by(std::string_view expression, std::string_view path);

// The Redirect or RedirectMatch that answers for this virtual host; null: none for certain.
[[nodiscard]] const facts::Directive* redirected(const Blocks& apache,
                                                 std::optional<std::int64_t> host,
                                                 std::string_view path);

// A RewriteRule of the server itself that answers before any <Location>: refuses ([F], [G],
// [R=404]), redirects ([R]) or hands on ([P]); null where none does so for certain.
[[nodiscard]] const facts::Directive* taken_by_rewrite(const Blocks& apache,
                                                       std::optional<std::int64_t> host,
                                                       const facts::Dial& dial);

// The ProxyPass or ProxyPassMatch that hands the path on: mod_proxy takes it before the handler
// that a <Location> sets. The first that fits decides, "!" keeps the path here; null: none for
// certain.
[[nodiscard]] const facts::Directive* proxied(const Blocks& apache,
                                              std::optional<std::int64_t> host,
                                              std::string_view path);

// The rule in the .htaccess of `root` that sends the request to index.php, as WordPress's do with
// every path that is no file; null where no rule does so for certain.
[[nodiscard]] const facts::Directive* sent_to_front(const Blocks& apache, const std::string& root,
                                                    const facts::Dial& dial);

}  // namespace stackaudit::stack

// Which location of a block takes a URL, as ngx_http_core_module chooses: an exact one, else the
// longest prefix if it has ^~, else the first expression that matches, else the longest prefix.
#pragma once

#include "facts/configuration.hpp"
#include "text/regex.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::nginx {

struct LocationName {
  std::string_view modifier;  // "", "=", "^~", "~", "~*"; "@" of one that only nginx itself enters
  std::string_view pattern;
};

// The words behind "location"; a modifier may be glued to the pattern: "~\.php$", "=/a".
[[nodiscard]] LocationName location_name(std::string_view first, std::string_view second);

// The expression of a location whose modifier is "~" or "~*".
[[nodiscard]] text::Regex expression_of(const LocationName& location);

struct Choice {
  std::optional<std::size_t> at;  // none: no location takes it
  bool known = true;              // false: an expression could not be decided
};

// Among the locations of one block, in their order; url: the decoded path.
[[nodiscard]] Choice choose_location(const std::vector<LocationName>& locations,
                                     const std::string& url);

struct ChosenLocation {
  const facts::Directive* row = nullptr;  // none: the block itself takes it
  bool known = true;
};

// The same over what stands directly in the server or location.
[[nodiscard]] ChosenLocation location_for(const std::vector<const facts::Directive*>& rows,
                                          const std::string& url);

}  // namespace stackaudit::stack::nginx

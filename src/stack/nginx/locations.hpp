// Which location of a block takes a URL, as ngx_http_core_module chooses: an exact one, else the
// longest prefix if it has ^~, else the first expression that matches, else the longest prefix.
#pragma once

#include "facts/configuration.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::nginx {

struct ChosenLocation {
  const facts::Directive* row = nullptr;  // none: the block itself takes it
  bool known = true;                      // false: an expression could not be decided
};

// rows: what stands directly in the server or location; url: the decoded path.
[[nodiscard]] ChosenLocation location_for(const std::vector<const facts::Directive*>& rows,
                                          const std::string& url);

}  // namespace stackaudit::stack::nginx

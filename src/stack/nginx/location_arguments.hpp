// Arguments whose meaning depends on the location in which a directive stands: nested locations,
// the URI of proxy_pass, root and alias.
#pragma once

#include "stack/nginx/refusal.hpp"

namespace stackaudit::stack::nginx {

// Each takes a directive that is well formed, and gives what nginx refuses of it.
[[nodiscard]] Answer nested_location(const Config& config, const Node& node);
[[nodiscard]] Answer passed_uri(const Config& config, const Node& node);
[[nodiscard]] Answer root_or_alias(const Config& config, const Node& node);

}  // namespace stackaudit::stack::nginx

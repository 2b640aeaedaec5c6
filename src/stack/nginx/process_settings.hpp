// Directives on nginx's own processes: how they wait for events, on which processors they run,
// their threads, and the modules that they load.
#pragma once

#include "stack/nginx/reader.hpp"
#include "stack/nginx/refusal.hpp"

#include <span>
#include <string_view>

namespace stackaudit::stack::nginx {

// What answers for one directive.
struct SettingCheck {
  std::string_view directive;
  Answer (*run)(const Reader& reader, const Node& node);
};

// The checks of these directives, for check_setting().
[[nodiscard]] std::span<const SettingCheck> process_checks();

}  // namespace stackaudit::stack::nginx

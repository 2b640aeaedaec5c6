// Names of virtual hosts with their wildcards, in server_name and valid_referers.
#pragma once

#include "stack/nginx/refusal.hpp"

namespace stackaudit::stack::nginx {

// Whether nginx can put the name into a table of names: at most one "*", as the first or the last
// label; no empty label inside.
[[nodiscard]] bool is_hostname(std::string_view name);

// The first name that nginx refuses.
[[nodiscard]] Answer check_hostnames(const Node& node);

}  // namespace stackaudit::stack::nginx

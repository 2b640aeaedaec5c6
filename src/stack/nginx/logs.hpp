// error_log and access_log: levels, syslog, buffers, formats.
#pragma once

#include "stack/nginx/refusal.hpp"

namespace stackaudit::stack::nginx {

// What nginx refuses of an error_log or access_log, the parameters of parameters.hpp left out.
[[nodiscard]] Answer check_log(const Node& node);

}  // namespace stackaudit::stack::nginx

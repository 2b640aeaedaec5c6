// Servers that leave the foreground: whoever waits for their first process takes them for ended.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

// What the command does instead of staying ("nginx goes to the background"); empty: it stays, it is
// no server, or the settings that would tell were not read. nginx, httpd and php-fpm as their own
// options and settings in effect say; "service X start" and its kind end in any case.
[[nodiscard]] std::string goes_to_background(const Survey& survey, std::string_view command);

}  // namespace stackaudit::stack

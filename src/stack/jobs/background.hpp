// Servers that leave the foreground: whoever waits for their first process takes them for ended.
#pragma once

#include "stack/survey.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

struct Leaving {
  std::string what;          // "nginx goes to the background"
  std::string_view instead;  // the command that stays
  bool always = false;       // whatever the settings of the server say
};

// Whether the settings of a service ("nginx") are known, and none of this name ("daemon") says no.
using IsOn = std::function<bool(std::string_view service, std::string_view name)>;

// What the command does instead of staying; nullopt: it stays, it is no server, or the settings
// that would tell are not known. nginx, httpd and php-fpm as their own options and settings in
// effect say; "service X start" and its kind end in any case.
[[nodiscard]] std::optional<Leaving> leaving(std::string_view command, const IsOn& is_on);
// The same with the settings of this machine.
[[nodiscard]] std::optional<Leaving> leaving(const Survey& survey, std::string_view command);

}  // namespace stackaudit::stack

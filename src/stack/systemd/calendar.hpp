// Whether systemd can read a time of OnCalendar=: systemd.time(7), "Calendar Events".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// "daily", "Mon..Fri *-*-1..7 02:30", "*:0/15", "2026-*~03/2 3:15:20.5 Europe/Berlin". A last word
// that may be a time zone is believed to be one; what a specifier decides is let pass.
[[nodiscard]] bool is_calendar(std::string_view value);

// The word for a time that is nearest to a value of one word.
[[nodiscard]] std::optional<std::string> nearest_calendar(const std::string& value);

}  // namespace stackaudit::stack

// Files of /etc/systemd/system that nothing reads, or that start nothing: drop-ins of units that
// are not there, drop-ins under another extension, timers.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/search.hpp"

namespace stackaudit::stack {

// Problems of systemd: "dropin-unread", "bad-value" of OnCalendar=, "timer-unit" for a timer that
// triggers no unit, "socket-unit" for a socket without its service, "not-started" for a timer that
// watches and that nothing starts.
void check_own_files(Survey& survey, const UnitSearch& search);

}  // namespace stackaudit::stack

// Whether the way in which a server starts is the one that its unit waits for.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <string>

namespace stackaudit::stack {

// How the program of ExecStart= behaves: it forks and its parent ends, it stays, or it stays and
// tells systemd when it is ready (sd_notify).
enum class Starting : std::uint8_t { forks, stays, notifies };

struct StartManner {
  Starting starting = Starting::stays;
  std::string said;                      // what makes it so: "nginx goes to the background"
  std::optional<facts::Place> decision;  // the server's own setting; none: its default, ExecStart=
};

// Adds a row "start-type" to syntax_problem where Type= of the unit does not fit,
// systemd.service(5): a server that forks under Type=simple ends with its parent, one that stays
// under Type=forking and one that never notifies under Type=notify are killed after the time limit.
// Seen with systemd 252. Silent where a setting (KillMode=process, RemainAfterExit=, no time limit)
// lets it run all the same. The row stands at the setting that was made here rather than at the
// distribution's.
void check_start_type(Survey& survey, const ServiceUnit& unit, const StartManner& manner);

}  // namespace stackaudit::stack

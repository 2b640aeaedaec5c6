// Shell commands by which somebody looks after a server: what they ask, count and look for.
#pragma once

#include "stack/monitoring/agent_text.hpp"

namespace stackaudit::stack {

// pgrep, pidof and killall -0 with a name, systemctl is-active with a unit, the pid file that is
// read, the log whose age is taken: as references of watch.hpp. `command` is a part of the line.
void watch_command(Survey& survey, std::string_view agent, const AgentText& file,
                   const AgentLine& line, std::string_view command);

// Scripts that cron, systemd's own services, keepalived and Monit start, and the commands of NRPE
// and cron themselves: the same, and the addresses on this machine that they fetch.
void read_watch_commands(Survey& survey);

}  // namespace stackaudit::stack

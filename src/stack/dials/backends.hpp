// Whom HAProxy and Varnish connect to.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

// Adds dial rows, required where no other server stands in: `server` lines of haproxy.cfg,
// varnishd's -b and the backends of its VCL. Of other services nothing comes.
void read_backends(Survey& survey, std::string_view service, const Command& command,
                   const std::string& config);

}  // namespace stackaudit::stack

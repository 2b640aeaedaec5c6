// netdata: modules of its collectors that are switched off, and whose jobs are of other servers.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

// Problems: a collector, a module or an alarm that is switched off beside what is set up for it.
void read_netdata_switches(Survey& survey);

// Whether the job around this byte of a module's file is one of several guesses, of which go.d
// keeps those that answer: jobs of one name, and those that are called "local" as in the files
// which netdata brings.
[[nodiscard]] bool is_netdata_guess(std::string_view content, std::size_t at);

// Whether the jobs of this file below go.d or python.d ask a server that this audit follows, and
// are not switched off by their module.
[[nodiscard]] bool netdata_asks_ours(const Survey& survey, std::string_view path);

// The page that a job of phpfpm.conf asks over FastCGI, where the job's line at this offset names
// the pool: its fcgi_path, else that of the module.
[[nodiscard]] std::string netdata_fcgi_path(std::string_view content, std::size_t at);

}  // namespace stackaudit::stack

// What cron, run-parts and logrotate pass over without doing it.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Problems of "cron" and "logrotate", code "job-ignored": files under a name that is not read,
// times that are none, commands that end at a percent sign, scripts that run-parts leaves out;
// files that others may write, logs that two blocks claim, options that do not exist.
void check_job_syntax(Survey& survey);

}  // namespace stackaudit::stack

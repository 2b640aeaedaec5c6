// One file of the Datadog agent's conf.d: which instances the check has, what each of them asks,
// and the logs that are collected.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

inline constexpr std::string_view kDatadog = "datadog";

// Reads the configuration of a check. logs_on: the agent collects logs. Fills monitor, dial,
// access, reference (log directories), file and syntax_problem.
void read_datadog_check(Survey& survey, const std::string& check, const std::string& path,
                        bool logs_on);

// Whether it is the name of a check whose instances are known here.
[[nodiscard]] bool is_datadog_check(std::string_view name);

}  // namespace stackaudit::stack

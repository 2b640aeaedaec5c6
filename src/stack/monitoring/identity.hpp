// As whom a monitoring agent runs.
#pragma once

#include "stack/survey.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// The User= of the agent's unit, where a unit names one that exists: an agent without a unit, or
// one that is started as root and may change its user itself, is not decided. Of Datadog's agent
// the account dd-agent.
[[nodiscard]] std::optional<tree::Principal> agent_identity(const Survey& survey,
                                                            std::string_view agent);

// The names of the units that start the agent: "datadog-agent.service".
[[nodiscard]] std::vector<std::string> agent_units(std::string_view agent);

}  // namespace stackaudit::stack

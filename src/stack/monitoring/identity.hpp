// As whom a monitoring agent runs.
#pragma once

#include "stack/survey.hpp"

#include <optional>
#include <string_view>

namespace stackaudit::stack {

// The User= of the agent's unit, where a unit names one that exists: an agent without a unit, or
// one that is started as root and may change its user itself, is not decided. Of Datadog's agent
// the account dd-agent.
[[nodiscard]] std::optional<tree::Principal> agent_identity(const Survey& survey,
                                                            std::string_view agent);

}  // namespace stackaudit::stack

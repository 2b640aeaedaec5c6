// Limits of layers that lie behind each other: what the one lets through and the other refuses, how
// long the one works when the other has given up.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Adds the syntax problems limit-body, limit-upload, limit-time, limit-connections, limit-files,
// limit-memory and limit-workers. Dials must be decided.
void check_limits(Survey& survey, const Systemd& systemd);

}  // namespace stackaudit::stack

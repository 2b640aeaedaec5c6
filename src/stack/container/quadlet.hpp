// Containers that podman runs as services of systemd: podman-systemd.unit(5).
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Of each *.container of the machine: fills syntax_problem ("container-leaves" where its command
// does not stay in the foreground, "container-privileged") and reference ("quadlet-file") with what
// it mounts or reads and is not there.
void check_quadlets(Survey& survey);

}  // namespace stackaudit::stack

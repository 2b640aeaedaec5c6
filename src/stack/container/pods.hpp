// Pods that a kubelet runs from files of the machine: kubernetes.io, "Create static Pods".
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Fills syntax_problem: "container-leaves" where a command does not stay in the foreground,
// "container-privileged" where a container is given the machine.
void check_static_pods(Survey& survey);

}  // namespace stackaudit::stack

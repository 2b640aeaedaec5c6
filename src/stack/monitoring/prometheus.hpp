// Prometheus' configuration beyond the addresses on its lines.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Files of targets (their addresses as rows of `dial`), of rules and of secrets, modules of the
// blackbox exporter, receivers of the Alertmanager: problems "undefined" and "not-read", and
// references to files that are not there.
void read_prometheus(Survey& survey);

}  // namespace stackaudit::stack

// nginx, from its main configuration file on: includes, users, listeners, sites, references, opens.
#pragma once

#include "stack/entries/entries.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills service, worker, directive, listener, dial, site, reference, access, file and
// syntax_problem, and survey.document_roots.
void read_nginx(Survey& survey, const Systemd& systemd, const Entry& entry);

}  // namespace stackaudit::stack

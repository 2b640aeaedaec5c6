// Apache httpd, from its main configuration file on, .htaccess files along its document roots
// included.
#pragma once

#include "stack/entries/entries.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills service, worker, directive, listener, dial, site, reference, access, file and
// syntax_problem, and survey.document_roots and survey.apache_child.
void read_apache(Survey& survey, const Systemd& systemd, const Entry& entry);

}  // namespace stackaudit::stack

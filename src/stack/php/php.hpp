// PHP applications and WordPress: every require and include below the document roots, resolved as
// PHP would, and the opens of the process that runs them.
#pragma once

#include "stack/entries/entries.hpp"

namespace stackaudit::stack {

// Reads the applications below survey.document_roots that have a PHP handler, and the entries of
// kind php and wordpress. Fills reference, access, php_constant, wordpress, syntax_problem, dial
// (DB_HOST) and site.wordpress. Reads in parallel.
void read_php(Survey& survey, const std::vector<Entry>& entries);

}  // namespace stackaudit::stack

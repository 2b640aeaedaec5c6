// Files below the document roots that are no content: copies of configurations, logs, dumps,
// repositories, PHP that is sent as text, PHP among uploads; only those that a visitor can fetch.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Fills served_file, a row for each file and the first site that serves it.
void find_served_files(Survey& survey);

}  // namespace stackaudit::stack

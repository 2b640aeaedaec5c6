// Dockerfiles: what an image is made of, and as whom it runs.
#pragma once

#include "stack/entries.hpp"

namespace stackaudit::stack {

// The entry is the file. Fills reference (copy-source), syntax_problem (parse; container-root,
// container-entrypoint, container-port) and file. Nothing is built: what a base image brings is not
// known, and what depends on it is left alone.
void read_container(Survey& survey, const Entry& entry);

}  // namespace stackaudit::stack

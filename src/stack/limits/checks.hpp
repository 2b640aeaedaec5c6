// The parts of check_limits.
#pragma once

#include "stack/blocks.hpp"
#include "stack/limits/layers.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack::limits {

// The size of a request: nginx, Apache, PHP. body.cpp
void check_bodies(Survey& survey, const Blocks& nginx, const std::vector<Php>& all);
// How long one waits for another. times.cpp
void check_times(Survey& survey, const Blocks& nginx, const std::vector<Php>& all);
// Connections, open files, processes, memory. counts.cpp
void check_counts(Survey& survey, const Systemd& systemd, const std::vector<Php>& all);

}  // namespace stackaudit::stack::limits

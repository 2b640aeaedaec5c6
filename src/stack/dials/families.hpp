// RestrictAddressFamilies= of the units against the sockets that their servers need.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Adds problems of code "address-family". After listeners and dials are all known.
void check_families(Survey& survey, const Systemd& systemd);

}  // namespace stackaudit::stack

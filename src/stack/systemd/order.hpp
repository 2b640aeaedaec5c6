// After= and Before= of units that wait for each other.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// "Found ordering cycle": of enabled units that wait for each other systemd leaves one out of the
// boot. Seen with systemd 252: After= of two servers, one of them stays inactive. Problems of
// systemd, "order-cycle".
void check_order(Survey& survey, const std::vector<ServiceUnit>& units);

}  // namespace stackaudit::stack

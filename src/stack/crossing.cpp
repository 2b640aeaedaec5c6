#include "stack/crossing.hpp"
namespace stackaudit::stack {
void connect_dials(Survey&, const Systemd&) {}
}  // namespace stackaudit::stack

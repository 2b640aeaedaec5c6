#include "stack/apache/apache.hpp"
namespace stackaudit::stack {
void read_apache(Survey&, const Systemd&, const Entry&) {}
}  // namespace stackaudit::stack

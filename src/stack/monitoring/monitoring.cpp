#include "stack/monitoring/monitoring.hpp"
namespace stackaudit::stack {
void read_monitoring(Survey&, const std::vector<Entry>&) {}
}  // namespace stackaudit::stack

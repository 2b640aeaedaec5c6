#include "stack/php/php.hpp"
namespace stackaudit::stack {
void read_php(Survey&, const std::vector<Entry>&) {}
}  // namespace stackaudit::stack

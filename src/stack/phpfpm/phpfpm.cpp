#include "stack/phpfpm/phpfpm.hpp"
namespace stackaudit::stack {
void read_phpfpm(Survey&, const Systemd&, const Entry&) {}
void read_php_ini(Survey&, std::string_view, std::string_view) {}
}  // namespace stackaudit::stack

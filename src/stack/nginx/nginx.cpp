#include "stack/nginx/nginx.hpp"
namespace stackaudit::stack {
void read_nginx(Survey&, const Systemd&, const Entry&) {}
}  // namespace stackaudit::stack

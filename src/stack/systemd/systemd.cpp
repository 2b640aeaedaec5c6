#include "stack/systemd/systemd.hpp"
namespace stackaudit::stack {
Systemd read_systemd(Survey&) {
  return {};
}
const ServiceUnit* Systemd::find(std::string_view) const {
  return nullptr;
}
std::optional<tree::Principal> Systemd::identity(const ServiceUnit&, const tree::Accounts&) {
  return std::nullopt;
}
}  // namespace stackaudit::stack

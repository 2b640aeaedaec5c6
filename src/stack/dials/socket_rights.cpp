// The settings of [Socket], the drop-ins after the fragment.
#include "stack/dials/socket_rights.hpp"

#include "stack/systemd/load.hpp"

#include <charconv>

namespace stackaudit::stack {

SocketRights socket_rights(Survey& survey, const std::string& unit_name,
                           const std::vector<std::string>& files) {
  ServiceUnit unit;
  unit.name = unit_name;
  unit.path = files.front();
  unit.drop_ins.assign(files.begin() + 1, files.end());
  SocketRights rights;
  bool group_given = false;
  for_each_setting(survey, unit, [&](std::string_view section, const syntax::ini::Entry& entry) {
    if (section != "Socket") return;
    const auto value = expand_specifiers(entry.value.value, unit_name).text;
    if (entry.key.value == "SocketMode")
      std::from_chars(value.data(), value.data() + value.size(), rights.mode, 8);
    if (entry.key.value == "SocketUser") rights.user = value.empty() ? "root" : value;
    if (entry.key.value == "SocketGroup") {
      rights.group = value.empty() ? "root" : value;
      group_given = !value.empty();
    }
  });
  // Without SocketGroup= it is the primary group of the user.
  const auto* account = survey.accounts.user(rights.user);
  if (!group_given && account != nullptr) rights.group = survey.accounts.group_name(account->gid);
  return rights;
}

}  // namespace stackaudit::stack

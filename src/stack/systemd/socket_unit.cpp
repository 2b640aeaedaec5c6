// The settings of [Socket], the drop-ins after the fragment.
#include "stack/systemd/socket_unit.hpp"

#include "stack/systemd/load.hpp"
#include "text/mode.hpp"

namespace stackaudit::stack {

SocketUnit read_socket_unit(Survey& survey, const std::string& unit_name,
                            const std::vector<std::string>& files) {
  ServiceUnit unit;
  unit.name = unit_name;
  unit.path = files.front();
  unit.drop_ins.assign(files.begin() + 1, files.end());
  SocketUnit read;
  read.mode.place = read.user.place = read.group.place = Survey::whole_file(unit.path);
  for_each_setting(survey, unit, [&](std::string_view section, const syntax::ini::Entry& entry) {
    if (section != "Socket") return;
    const auto& key = entry.key.value;
    const SocketUnit::Setting setting{entry.value.value, survey.place(entry.value.span)};
    if (key == "SocketMode") read.mode = setting;
    if (key == "SocketUser") read.user = setting;
    if (key == "SocketGroup") read.group = setting;
    if (key.starts_with("Listen") && setting.value.empty())
      read.streams.clear();
    else if (key == "ListenStream")
      read.streams.push_back(setting);
  });
  const auto in_effect = [&](const SocketUnit::Setting& setting) {
    return expand_specifiers(setting.value, unit_name).text;
  };
  read.mode_bits = text::read_octal(in_effect(read.mode)).value_or(read.mode_bits);
  if (!read.user.value.empty()) read.user_name = in_effect(read.user);
  if (!read.group.value.empty()) {
    read.group_name = in_effect(read.group);
  } else if (const auto* account = survey.accounts.user(read.user_name)) {
    // Without SocketGroup= it is the primary group of the user.
    read.group_name = survey.accounts.group_name(account->gid);
  }
  return read;
}

}  // namespace stackaudit::stack

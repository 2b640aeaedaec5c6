// The services that this machine's keeper wrote or changed, whatever they start: with their
// drop-ins as systemd puts them together.
#pragma once

#include "stack/systemd/systemd.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// Those that are not masked and of which the fragment or a drop-in lies in /etc/systemd/system.
// They are read once.
[[nodiscard]] const std::vector<ServiceUnit>& own_units(Survey& survey);

// The same of templates, which OnFailure= and systemctl start as well: without an instance's name.
[[nodiscard]] std::vector<ServiceUnit> own_templates(Survey& survey);

// Records in `access` that those which boot, timers, sockets or paths start as a user of their own
// may not enter their directory, or not execute or read what they start. own_programs.cpp
void check_own_programs(Survey& survey);

// The words of a command as the unit has them, without the prefixes; nullopt where its file is not
// readable any more.
struct WrittenCommand {
  text::FileId file = text::FileId::none;
  std::size_t begin = 0;  // in the file
  std::string_view text;
};
[[nodiscard]] std::optional<WrittenCommand> written(Survey& survey, const Command& command);

}  // namespace stackaudit::stack

// Environment= and EnvironmentFile= of a unit, in its commands.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// Adds what the files of EnvironmentFile= assign to unit.environment, and puts values in the place
// of ${NAME} and of words that are $NAME (which become several words at blanks) in the arguments
// of the start commands, systemd.service(5), "Command Lines". Commands keep their variables where a
// file is unseen or below /run: its values are not known. A problem where ${NAME} of a command that
// was written on this machine has no value at all.
void expand_environment(Survey& survey, ServiceUnit& unit);

// The text with what the unit assigns in the place of ${NAME}; names without a value stay.
[[nodiscard]] std::string with_environment(const ServiceUnit& unit, std::string_view text);
// The same as a program has it, to which a name without a value is empty; nullopt where something
// else than the unit may give it one.
[[nodiscard]] std::optional<std::string> value_in_environment(const ServiceUnit& unit,
                                                              std::string_view text);

}  // namespace stackaudit::stack

// Environment= and EnvironmentFile= of a unit, in its commands.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Adds what the files of EnvironmentFile= assign to unit.environment, and puts values in the place
// of ${NAME} and of words that are $NAME (which become several words at blanks) in the arguments
// of the start commands, systemd.service(5), "Command Lines". Commands keep their variables where a
// file is unseen or below /run: its values are not known. A problem where ${NAME} of a command that
// was written on this machine has no value at all.
void expand_environment(Survey& survey, ServiceUnit& unit);

}  // namespace stackaudit::stack

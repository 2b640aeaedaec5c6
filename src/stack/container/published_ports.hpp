// Which ports of the machine the services of a Compose file take.
#pragma once

#include "stack/survey.hpp"
#include "syntax/yaml/yaml.hpp"

namespace stackaudit::stack {

// `services` is the map of that name; the listeners of the machine's own servers must be known.
// Fills syntax_problem ("published-port") where one of those has the port, or another service of
// the file that starts with this one.
void check_published_ports(Survey& survey, const syntax::yaml::Document& document,
                           const syntax::yaml::Node& services);

}  // namespace stackaudit::stack

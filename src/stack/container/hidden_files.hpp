// What an image has, and a directory of the machine that is mounted over it has not.
#pragma once

#include "stack/survey.hpp"
#include "syntax/yaml/yaml.hpp"

#include <string>

namespace stackaudit::stack {

// Of one service of the Compose file at `path`. Fills syntax_problem ("container-hidden") where a
// directory of the tree is mounted over that of a published image which holds its server's main
// file, and has no such file. A named volume is filled from the image, and hides nothing.
void check_hidden(Survey& survey, const syntax::yaml::Document& document, const std::string& path,
                  const syntax::yaml::Node& service);

}  // namespace stackaudit::stack

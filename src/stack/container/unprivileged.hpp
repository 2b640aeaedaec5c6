// Whether the server of a published image can start as the user that an image of one's own names.
#pragma once

#include "stack/survey.hpp"
#include "syntax/dockerfile/dockerfile.hpp"

#include <string_view>
#include <vector>

namespace stackaudit::stack {

// The image that the last stage is made from, the stage's instructions and its last USER, which is
// not root. Fills syntax_problem: "image-unprivileged".
void check_unprivileged(Survey& survey, std::string_view base,
                        const std::vector<syntax::dockerfile::Instruction>& stage,
                        const syntax::dockerfile::Instruction& user);

}  // namespace stackaudit::stack

// COPY --from names a stage of the container file, its number, or an image.
#pragma once

#include "stack/survey.hpp"
#include "syntax/dockerfile/dockerfile.hpp"

#include <vector>

namespace stackaudit::stack {

// Fills syntax_problem ("container-stage") where no stage above has the number, or where a name is
// that of no stage above and almost that of one.
void check_stages(Survey& survey, const std::vector<syntax::dockerfile::Instruction>& instructions);

}  // namespace stackaudit::stack

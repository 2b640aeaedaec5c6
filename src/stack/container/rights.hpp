// Owners and modes that a container file gives to what it puts into its image.
#pragma once

#include "stack/survey.hpp"
#include "syntax/dockerfile/dockerfile.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

// The instructions of the last stage, its last USER, empty where none is set, and whether its
// processes start as root. Fills syntax_problem: "image-unreadable", what is copied as root with a
// mode that this user may not read; "image-writable", configuration of servers that is given to an
// account beside root, or to all.
void check_image_rights(Survey& survey,
                        const std::vector<syntax::dockerfile::Instruction>& instructions,
                        const std::string& user, bool as_root);

}  // namespace stackaudit::stack

// Files of classes whose names are almost those that an autoloader looks for: from a Mac or Windows
// a wrong letter case goes unnoticed.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack::php {

// A file beside the missing one, or in a directory that differs from its own in letter case alone,
// whose name differs in letter case, ending or a slip, and that declares the class, in its
// namespace. Empty where there is none.
[[nodiscard]] std::string misnamed(const Survey& survey, std::string_view missing,
                                   std::string_view class_name);

}  // namespace stackaudit::stack::php

// Which php-fpm pool runs the PHP of a site.
#pragma once

#include "stack/survey.hpp"

#include <string>

namespace stackaudit::stack {

// Whether the pool listens where a site sends its PHP (facts::Site::php): a wildcard takes every
// address of its port.
[[nodiscard]] bool serves(const Survey& survey, const Pool& pool, const std::string& php);

// The first pool that does; nullptr where none is known.
[[nodiscard]] const Pool* pool_for(const Survey& survey, const std::string& php);

}  // namespace stackaudit::stack

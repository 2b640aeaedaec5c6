// What PHP's compiler refuses in a text that its parser takes.
#pragma once

#include "syntax/php/php.hpp"

namespace stackaudit::syntax::php {

// Adds the fatal errors of the compiler, in its words and as `php -l` says them: names declared
// twice, bodies that are missing or too many, reserved names, initial values that are no constants.
// Linear; a text with problems is left alone, since PHP never compiles it.
void check_compilation(std::string_view text, text::FileId file, const Options& options,
                       Parsed& parsed);

}  // namespace stackaudit::syntax::php

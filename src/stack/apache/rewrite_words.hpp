// The words of RewriteRule and RewriteCond, which mod_rewrite takes apart on its own.
#pragma once

#include "syntax/apache/apache.hpp"

#include <vector>

namespace stackaudit::stack::apache {

// A backslash keeps a blank in a word, and what follows the third word is ignored.
[[nodiscard]] std::vector<syntax::Word> rewrite_words(const syntax::apache::Directive& source);

}  // namespace stackaudit::stack::apache

// What the body of a function comes to: an end of the script, or a loop that only assigns.
#pragma once

#include "syntax/php/ast.hpp"

namespace stackaudit::stack::php {

// Whether each way through the body of a function declaration ends the script or throws, as far as
// statements tell: "function redirect($to) { header(...); exit; }".
[[nodiscard]] bool never_returns(const syntax::php::Ast& ast, syntax::php::NodeId function);

// foreach ($list as $item) with nothing in its body but assignments and conditions.
[[nodiscard]] bool is_plain_loop(const syntax::php::Ast& ast, syntax::php::NodeId loop);

}  // namespace stackaudit::stack::php

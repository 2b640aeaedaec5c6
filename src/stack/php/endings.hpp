// Functions from which no call comes back: they end the script, or throw.
#pragma once

#include "syntax/php/ast.hpp"

namespace stackaudit::stack::php {

// Whether each way through the body of a function declaration ends the script or throws, as far as
// statements tell: "function redirect($to) { header(...); exit; }".
[[nodiscard]] bool never_returns(const syntax::php::Ast& ast, syntax::php::NodeId function);

}  // namespace stackaudit::stack::php

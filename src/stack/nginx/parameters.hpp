// Arguments of the form name=value: which a directive has, what each takes.
#pragma once

#include "stack/nginx/build.hpp"
#include "stack/nginx/refusal.hpp"

namespace stackaudit::stack::nginx {

// Each parameter of the directive that nginx refuses; and, at its first argument, one that must be
// there and is not. Directives that have no such parameters give nothing.
[[nodiscard]] std::vector<Refusal> check_parameters(const Build& build, const Node& node);

}  // namespace stackaudit::stack::nginx

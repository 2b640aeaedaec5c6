// Which server block of nginx gets the request of a monitor, and what stands in a block.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <vector>

namespace stackaudit::stack {

using DirectiveRows = std::vector<const facts::Directive*>;

// nginx's directives directly in the block.
[[nodiscard]] DirectiveRows nginx_children(const facts::Store& facts, std::int64_t parent);

// The block of the server that takes the request at this listener, by the name that `dial` has;
// nullptr where it is not known.
[[nodiscard]] const facts::Directive* nginx_server_for(const facts::Store& facts,
                                                       const facts::Dial& dial,
                                                       const facts::Listener& listener);

}  // namespace stackaudit::stack

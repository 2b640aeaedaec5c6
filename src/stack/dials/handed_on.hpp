// What becomes of a monitor's request that nginx hands on.
#pragma once

#include "stack/blocks.hpp"

#include <optional>

namespace stackaudit::stack {

// The request as Apache gets it from the proxy_pass that takes it: address and port of Apache's,
// the Host that nginx sends, the path as it is. nullopt: another server answers, nginx changes the
// path, or what is sent depends on more than the request.
[[nodiscard]] std::optional<facts::Dial> handed_to_apache(const facts::Store& facts,
                                                          const Blocks& nginx,
                                                          const facts::Directive& pass,
                                                          const facts::Dial& asked);

}  // namespace stackaudit::stack

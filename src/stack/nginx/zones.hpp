// Zones of shared memory: what defines them, what uses them.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with zones that nothing defines, that are defined twice, or for two uses.
void check_zones(Reader& reader);

}  // namespace stackaudit::stack::nginx

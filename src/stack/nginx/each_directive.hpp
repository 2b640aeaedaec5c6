// The walk over what nginx itself understands: directives, and the lines of maps.
#pragma once

#include "stack/nginx/config.hpp"

namespace stackaudit::stack::nginx {

// In the order of reading: calls directive(node) for each that stands neither in a block of data
// nor in one of another language, and map_line(line, map) for each line of a map that gives a
// value.
void each_directive(const Config& config, auto map_line, auto directive) {
  for (const auto& node : config.nodes) {
    if (node.context == Context::foreign) continue;
    if (node.context != Context::data)
      directive(node);
    else if (node.parent && config.nodes[*node.parent].is("map") && node.args.size() == 1 &&
             !node.is("include"))
      map_line(node, config.nodes[*node.parent]);
  }
}

}  // namespace stackaudit::stack::nginx

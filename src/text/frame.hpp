// Code frames: the line of a text with a caret under the place, as compilers print them.
#pragma once

#include "text/diagnostic.hpp"
#include "text/source_map.hpp"

#include <string>
#include <vector>

namespace stackaudit::text {

// Lines of plain text, each ending in a newline, without colour:
//
//      |
//   12 | include snippets/security-header.conf;
//      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no such file
//
// A span over several lines is marked on its first. Very long lines are cut around the span.
// Nothing in the output can steer a terminal (utf8.hpp).
[[nodiscard]] std::string code_frame(const SourceMap& sources, Span span,
                                     std::string_view note = {});

// "path:line:column: error: message", its frame, and the related places, for people.
[[nodiscard]] std::string render(const SourceMap& sources, const Diagnostic& diagnostic);

}  // namespace stackaudit::text

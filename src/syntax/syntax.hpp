// What all parsers share. A parser is a total function: text in, tree and problems out; it never
// throws, never reads a file, recovers and goes on, in time linear in the text.
#pragma once

#include "text/diagnostic.hpp"
#include "text/span.hpp"

#include <string>
#include <string_view>

namespace stackaudit::syntax {

// A word of a configuration, unquoted and unescaped, and where it stands, quotes included.
struct Word {
  std::string value;
  text::Span span;
  char quote = 0;  // the quote it was written in, ' or ", or 0
};

// Nesting deeper than this is reported and skipped, never followed.
inline constexpr int kMaxDepth = 128;

}  // namespace stackaudit::syntax

// The one shape in which anything says that something is wrong with a text: a parser, a rule file,
// the policy. Findings (rules/finding.hpp) are made from facts and are not diagnostics.
#pragma once

#include "text/span.hpp"

#include <string>
#include <vector>

namespace stackaudit::text {

enum class Severity : std::uint8_t { info, warning, error };

// A second place that explains the first ("the block was opened here").
struct Label {
  Span span;
  std::string message;
};

struct Diagnostic {
  Span span;
  std::string message;  // the server's own wording where it has one; no file name, no final stop
  Severity severity = Severity::error;  // error: the program that reads the text refuses it
  std::vector<Label> related;
  std::string help;  // what to write instead, or empty
};

}  // namespace stackaudit::text

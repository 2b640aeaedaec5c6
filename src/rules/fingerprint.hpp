// Fingerprints: what makes a finding the same finding in another run, after unrelated edits.
#pragma once

#include "rules/finding.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

// The message with the numbers of lines taken out: those after "line" and those that follow a path
// and a colon. Ports and everything else stay.
[[nodiscard]] std::string without_lines(std::string_view message);

// Sets the fingerprint of each: rule, path, message without lines, and the ordinal among equals,
// in the order given.
void set_fingerprints(std::vector<Finding>& findings);

}  // namespace stackaudit::rules

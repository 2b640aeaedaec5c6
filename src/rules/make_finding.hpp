// From a row of a rule's query to a finding, and the order of all findings.
#pragma once

#include "rules/finding.hpp"
#include "rules/rule.hpp"
#include "rules/template.hpp"

#include <vector>

namespace stackaudit::rules {

// The templates filled in. The fingerprint is left empty: it depends on the other findings.
[[nodiscard]] Finding make_finding(const Rule& rule, const Row& row);

// Sorts by path, line, column, rule, message; drops what is said twice.
void put_in_order(std::vector<Finding>& findings);

}  // namespace stackaudit::rules

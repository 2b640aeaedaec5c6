// What the program knows, told from its own declarations: the rules, one rule's page with its
// incidents, the fact tables.
#pragma once

#include "facts/describe.hpp"
#include "rules/rule.hpp"

#include <string>
#include <vector>

namespace stackaudit::report {

// id, severity, class and title, a line each.
[[nodiscard]] std::string rules_as_text(const std::vector<const rules::Rule*>& rules);
[[nodiscard]] std::string rules_as_json(const std::vector<const rules::Rule*>& rules);

// The page of one rule: what, why, how to mend, and the incidents it would have prevented. The
// section "Cases" of the page is left out unless with_cases.
[[nodiscard]] std::string rule_page(const rules::Rule& rule, const rules::Catalogue& catalogue,
                                    bool with_cases);

// Every table with its columns, and the functions of queries.
[[nodiscard]] std::string tables_as_text(const std::vector<facts::TableDoc>& tables,
                                         const std::vector<facts::FunctionDoc>& functions);
// One table with its columns.
[[nodiscard]] std::string table_page(const facts::TableDoc& table);

}  // namespace stackaudit::report

// Judges a query plan: SQLite makes no index of its own for a virtual table, so a join on a column
// that is not declared Index::lookup compares every row with every row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stackaudit::facts {

// One row of EXPLAIN QUERY PLAN.
struct PlanStep {
  std::int64_t id = 0, parent = 0;
  std::string detail;
};

// A full scan of a fact table that is made once for each row of something else.
struct NestedScan {
  std::string table;  // the fact table
  std::string alias;  // its name in the query
  std::string outer;  // what is walked around it: an alias, or "the outer query"
};

// The first nested scan of the plan; none in a sound plan. Scans of materialized CTEs are taken as
// meant, and constant rows (VALUES) count for nothing.
[[nodiscard]] std::optional<NestedScan> find_nested_scan(const std::vector<PlanStep>& plan);

}  // namespace stackaudit::facts

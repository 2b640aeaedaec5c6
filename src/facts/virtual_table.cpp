// A lookup is always charged less than a scan of the same table, so that the planner never prefers
// a nested scan.
#include "facts/virtual_table.hpp"

namespace stackaudit::facts {

Estimate estimate(std::size_t rows, const Order* order) {
  Estimate result;
  result.scan = std::max(rows, kAssumedRows);
  if (order == nullptr) return result;
  const auto hits = order->distinct == 0 ? kAssumedRows / 64 : order->rows.size() / order->distinct;
  result.lookup = std::clamp<std::size_t>(hits, 1, result.scan / 4);
  return result;
}

}  // namespace stackaudit::facts

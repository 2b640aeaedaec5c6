// A lookup is always charged less than a scan of the same table, so that the planner never prefers
// a nested scan.
#include "facts/virtual_table.hpp"

namespace stackaudit::facts {

namespace {

template <class Key>
Order order_of(std::vector<KeyedRow<Key>> keys) {
  std::ranges::sort(keys, [](const auto& a, const auto& b) {
    return a.key != b.key ? a.key < b.key : a.row < b.row;
  });
  Order order;
  order.built = true;
  order.rows.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    order.rows.push_back(keys[i].row);
    if (i == 0 || keys[i].key != keys[i - 1].key) ++order.distinct;
  }
  return order;
}

}  // namespace

Order order_by_key(std::vector<KeyedRow<std::string_view>> keys) {
  return order_of(std::move(keys));
}

Order order_by_key(std::vector<KeyedRow<std::int64_t>> keys) {
  return order_of(std::move(keys));
}

Estimate estimate(std::size_t rows, const Order* order) {
  Estimate result;
  result.scan = std::max(rows, kAssumedRows);
  if (order == nullptr) return result;
  const auto hits = order->distinct == 0 ? kAssumedRows / 64 : order->rows.size() / order->distinct;
  result.lookup = std::clamp<std::size_t>(hits, 1, result.scan / 4);
  return result;
}

}  // namespace stackaudit::facts

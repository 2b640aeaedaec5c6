// A lookup is always charged less than a scan of the same table, so that the planner never prefers
// a nested scan.
#include "facts/virtual_table.hpp"

#include <numeric>
#include <unordered_map>

namespace stackaudit::facts {

namespace {

// Rows are gathered by key before anything is compared: most columns have few different keys, and
// rows of one file stand together.
template <class Key>
Order order_of(std::vector<KeyedRow<Key>> keys) {
  struct Group {
    Key key;
    std::uint32_t size = 0, at = 0;
  };
  std::vector<Group> groups;
  std::unordered_map<Key, std::uint32_t> known;
  std::vector<std::uint32_t> group_of(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0 && keys[i].key == keys[i - 1].key) {
      group_of[i] = group_of[i - 1];
    } else {
      const auto next = static_cast<std::uint32_t>(groups.size());
      const auto [it, fresh] = known.try_emplace(keys[i].key, next);
      if (fresh) groups.push_back({keys[i].key, 0, 0});
      group_of[i] = it->second;
    }
    ++groups[group_of[i]].size;
  }
  std::vector<std::uint32_t> sorted(groups.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::ranges::sort(sorted, {}, [&](auto group) { return groups[group].key; });
  std::uint32_t at = 0;
  for (const auto group : sorted) {
    groups[group].at = at;
    at += groups[group].size;
  }
  Order order;
  order.distinct = groups.size();
  order.rows.resize(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) order.rows[groups[group_of[i]].at++] = keys[i].row;
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

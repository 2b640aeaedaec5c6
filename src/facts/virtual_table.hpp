// A vector of rows as a read-only SQLite virtual table: eponymous, so that no CREATE is needed, and
// nothing is copied. Columns declared Index::lookup can be looked up by equality; the order that
// takes is computed once, when a plan first asks for it, for all connections over the same rows.
//
// What SQLite is told, and what not: one equality at most is taken over (its first argument), and
// SQLite checks it again, because affinity and NULL are its business. Only BINARY comparisons are
// taken, since the order is bytewise.
#pragma once

#include "facts/sql_value.hpp"
#include "facts/table.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace stackaudit::facts {

// Row numbers without those whose key is NULL, ordered by key; equal keys in the order of the rows.
struct Order {
  std::vector<std::uint32_t> rows;
  std::size_t distinct = 0;
};

// A row's key, taken out so that sorting is compiled once a key type and not once a column.
template <class Key>
struct KeyedRow {
  Key key;
  std::uint32_t row;
};
[[nodiscard]] Order order_by_key(std::vector<KeyedRow<std::string_view>> keys);
[[nodiscard]] Order order_by_key(std::vector<KeyedRow<std::int64_t>> keys);

// What a plan is charged for. A small table is taken for kAssumedRows rows, so that a plan that is
// sound for real servers is chosen, and judged, while the tables are still empty.
inline constexpr std::size_t kAssumedRows = 4096;
// Each row of a scan is charged more than it costs: a scan belongs into the outermost loop, and
// where that cannot be, SQLite is to index what it materialized rather than scan again.
inline constexpr double kScanPenalty = 100;
struct Estimate {
  std::size_t scan = 0;    // rows of a full scan
  std::size_t lookup = 0;  // rows of one lookup
};
[[nodiscard]] Estimate estimate(std::size_t rows, const Order* order);

// The CREATE TABLE statement that SQLite is told.
template <class Row>
[[nodiscard]] std::string create_statement();

// Rows with the orders that lookups have asked for so far. Several connections may share them, each
// in its own thread.
template <class Row>
struct Ordered {
  struct Lazy {
    std::once_flag once;
    Order order;
  };
  const std::vector<Row>* rows = nullptr;
  std::array<Lazy, std::tuple_size_v<decltype(Table<Row>::columns)>> orders;
};

template <class Row>
class VirtualTable {
 public:
  // Makes the rows known to the connection under the table's name. They must outlive the
  // connection and stay as they are. Gives an SQLite result code.
  static int attach(sqlite3* db, Ordered<Row>& rows);

 private:
  static constexpr std::size_t kColumns = std::tuple_size_v<decltype(Table<Row>::columns)>;
  using Rows = std::vector<Row>;
  using RowNumbers = std::span<const std::uint32_t>;

  struct Attached : sqlite3_vtab {
    const Rows* rows = nullptr;
    Ordered<Row>* ordered = nullptr;
  };
  struct Cursor : sqlite3_vtab_cursor {
    RowNumbers hits;   // of a lookup
    bool scan = true;  // every row instead
    std::size_t at = 0, end = 0;

    [[nodiscard]] std::size_t row() const { return scan ? at : hits[at]; }
  };

  // One column's three operations behind pointers, since SQLite names columns by number.
  struct Operations {
    Index index = Index::none;
    void (*give)(sqlite3_context*, const Row&) = nullptr;
    Order (*sort)(const Rows&) = nullptr;  // of lookup columns
    // The rows that may equal the value; none where that is not known and all must be looked at.
    std::optional<RowNumbers> (*find)(const Rows&, const Order&, sqlite3_value*) = nullptr;
  };
  template <std::size_t I>
  struct At {
    static constexpr auto kColumn = std::get<I>(Table<Row>::columns);
    using Member = std::remove_cvref_t<decltype(std::declval<Row>().*kColumn.member)>;

    static void give(sqlite3_context* context, const Row& row) {
      facts::give(context, row.*kColumn.member);
    }
    static Order sort(const Rows& rows);
    static std::optional<RowNumbers> find(const Rows& rows, const Order& order, sqlite3_value* v);
  };
  template <std::size_t I>
  static constexpr Operations operations() {
    if constexpr (At<I>::kColumn.index == Index::none)
      return {Index::none, &At<I>::give, nullptr, nullptr};
    else
      return {At<I>::kColumn.index, &At<I>::give, &At<I>::sort, &At<I>::find};
  }
  static constexpr auto kOperations = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{operations<I>()...};
  }
  (std::make_index_sequence<kColumns>{});

  static const Order& order(Attached& table, std::size_t column);

  static int connect(sqlite3* db, void* rows, int, const char* const*, sqlite3_vtab** out, char**);
  static int disconnect(sqlite3_vtab* base);
  static int best_index(sqlite3_vtab* base, sqlite3_index_info* info);
  static int open(sqlite3_vtab* base, sqlite3_vtab_cursor** out);
  static int close(sqlite3_vtab_cursor* base);
  static int filter(sqlite3_vtab_cursor* base, int lookup, const char*, int, sqlite3_value** argv);
  static int next(sqlite3_vtab_cursor* base);
  static int eof(sqlite3_vtab_cursor* base);
  static int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int number);
  static int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out);
};

template <class Row>
std::string create_statement() {
  std::string columns;
  std::apply(
      [&](const auto&... column) {
        const auto add = [&](std::string_view name, std::string_view type) {
          columns += columns.empty() ? "\"" : ", \"";
          columns.append(name).append("\" ").append(type);
        };
        (add(column.name,
             kSqlType<std::remove_cvref_t<decltype(std::declval<Row>().*column.member)>>),
         ...);
      },
      Table<Row>::columns);
  return "CREATE TABLE \"" + std::string(Table<Row>::name) + "\"(" + columns + ")";
}

template <class Row>
int VirtualTable<Row>::attach(sqlite3* db, Ordered<Row>& rows) {
  static constexpr sqlite3_module kModule = [] {
    sqlite3_module module{};  // without xCreate: eponymous only
    module.xConnect = connect;
    module.xDisconnect = disconnect;
    module.xBestIndex = best_index;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = eof;
    module.xColumn = column;
    module.xRowid = rowid;
    return module;
  }();
  return sqlite3_create_module(db, std::string(Table<Row>::name).c_str(), &kModule, &rows);
}

template <class Row>
template <std::size_t I>
Order VirtualTable<Row>::At<I>::sort(const Rows& rows) {
  std::vector<KeyedRow<Key<Member>>> keys;
  keys.reserve(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    if (const auto key = key_of(rows[i].*kColumn.member)) keys.push_back({*key, i});
  return order_by_key(std::move(keys));
}

template <class Row>
template <std::size_t I>
auto VirtualTable<Row>::At<I>::find(const Rows& rows, const Order& order, sqlite3_value* value)
    -> std::optional<RowNumbers> {
  const auto match = [&] {
    if constexpr (kIsText<Member>)
      return text_match(value);
    else
      return integer_match(value);
  }();
  using Kind = typename decltype(match)::Kind;
  if (match.kind == Kind::any) return std::nullopt;
  if (match.kind == Kind::none) return RowNumbers{};
  const auto key = [&](std::uint32_t i) { return *key_of(rows[i].*kColumn.member); };
  const auto first = std::ranges::lower_bound(order.rows, match.key, {}, key);
  const auto last = std::ranges::upper_bound(order.rows, match.key, {}, key);
  return RowNumbers(first, last);
}

template <class Row>
const Order& VirtualTable<Row>::order(Attached& table, std::size_t column) {
  auto& lazy = table.ordered->orders[column];
  std::call_once(lazy.once, [&] { lazy.order = kOperations[column].sort(*table.rows); });
  return lazy.order;
}

template <class Row>
int VirtualTable<Row>::connect(sqlite3* db, void* rows, int, const char* const*, sqlite3_vtab** out,
                               char**) try {
  const int code = sqlite3_declare_vtab(db, create_statement<Row>().c_str());
  if (code != SQLITE_OK) return code;
  auto table = std::make_unique<Attached>();
  table->ordered = static_cast<Ordered<Row>*>(rows);
  table->rows = table->ordered->rows;
  *out = table.release();
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

template <class Row>
int VirtualTable<Row>::disconnect(sqlite3_vtab* base) {
  const std::unique_ptr<Attached> owned(static_cast<Attached*>(base));
  return SQLITE_OK;
}

template <class Row>
int VirtualTable<Row>::best_index(sqlite3_vtab* base, sqlite3_index_info* info) try {
  auto& table = *static_cast<Attached*>(base);
  const std::span constraints(info->aConstraint, static_cast<std::size_t>(info->nConstraint));
  auto visited = estimate(table.rows->size(), nullptr).scan;
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const auto& constraint = constraints[i];
    if (!constraint.usable || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ || constraint.iColumn < 0)
      continue;
    const auto column = static_cast<std::size_t>(constraint.iColumn);
    if (kOperations[column].index == Index::none) continue;
    if (std::strcmp(sqlite3_vtab_collation(info, static_cast<int>(i)), "BINARY") != 0) continue;
    const auto hits = estimate(table.rows->size(), &order(table, column)).lookup;
    if (hits >= visited) continue;
    visited = hits;
    for (std::size_t j = 0; j < i; ++j) info->aConstraintUsage[j].argvIndex = 0;
    info->aConstraintUsage[i].argvIndex = 1;
    info->idxNum = constraint.iColumn + 1;
  }
  info->idxStr = const_cast<char*>(Table<Row>::name.data());  // a literal, for the plan's readers
  info->estimatedRows = static_cast<sqlite3_int64>(visited);
  info->estimatedCost = static_cast<double>(visited) * (info->idxNum == 0 ? kScanPenalty : 1) + 1;
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

template <class Row>
int VirtualTable<Row>::open(sqlite3_vtab*, sqlite3_vtab_cursor** out) try {
  *out = std::make_unique<Cursor>().release();
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

template <class Row>
int VirtualTable<Row>::close(sqlite3_vtab_cursor* base) {
  const std::unique_ptr<Cursor> owned(static_cast<Cursor*>(base));
  return SQLITE_OK;
}

template <class Row>
int VirtualTable<Row>::filter(sqlite3_vtab_cursor* base, int lookup, const char*, int,
                              sqlite3_value** argv) try {
  auto& cursor = *static_cast<Cursor*>(base);
  auto& table = *static_cast<Attached*>(cursor.pVtab);
  std::optional<RowNumbers> hits;
  if (lookup > 0) {
    const auto column = static_cast<std::size_t>(lookup - 1);
    hits = kOperations[column].find(*table.rows, order(table, column), argv[0]);
  }
  cursor.scan = !hits;
  cursor.hits = hits.value_or(RowNumbers{});
  cursor.at = 0;
  cursor.end = cursor.scan ? table.rows->size() : cursor.hits.size();
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

template <class Row>
int VirtualTable<Row>::next(sqlite3_vtab_cursor* base) {
  ++static_cast<Cursor*>(base)->at;
  return SQLITE_OK;
}

template <class Row>
int VirtualTable<Row>::eof(sqlite3_vtab_cursor* base) {
  const auto& cursor = *static_cast<Cursor*>(base);
  return cursor.at >= cursor.end ? 1 : 0;
}

template <class Row>
int VirtualTable<Row>::column(sqlite3_vtab_cursor* base, sqlite3_context* context, int number) {
  const auto& cursor = *static_cast<Cursor*>(base);
  const auto& table = *static_cast<Attached*>(cursor.pVtab);
  kOperations[static_cast<std::size_t>(number)].give(context, (*table.rows)[cursor.row()]);
  return SQLITE_OK;
}

template <class Row>
int VirtualTable<Row>::rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(static_cast<Cursor*>(base)->row());
  return SQLITE_OK;
}

}  // namespace stackaudit::facts

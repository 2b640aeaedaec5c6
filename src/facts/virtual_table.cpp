// A lookup is always charged less than a scan of the same table, so that the planner never prefers
// a nested scan.
#include "facts/virtual_table.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <numeric>
#include <span>
#include <unordered_map>

namespace stackaudit::facts {
namespace {

// What a plan is charged for. A small table is taken for kAssumedRows rows, so that a plan that is
// sound for real servers is chosen, and judged, while the tables are still empty.
constexpr std::size_t kAssumedRows = 4096;
// Each row of a scan is charged more than it costs: a scan belongs into the outermost loop, and
// where that cannot be, SQLite is to index what it materialized rather than scan again.
constexpr double kScanPenalty = 100;

using RowNumbers = std::span<const std::uint32_t>;

// A row's key, taken out before rows are sorted.
template <class Key>
struct KeyedRow {
  Key key;
  std::uint32_t row;
};

// Rows are gathered by key before anything is compared: most columns have few different keys, and
// rows of one file stand together.
template <class Key>
Order order_of(const std::vector<KeyedRow<Key>>& keys) {
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

// The order of a column whose cells hold Key Cell::*member where they are not NULL.
template <class Key>
Order sorted_by(const RowsView& rows, std::size_t column, Key Cell::*member) {
  std::vector<KeyedRow<Key>> keys;
  keys.reserve(rows.size);
  for (std::uint32_t i = 0; i < rows.size; ++i)
    if (const auto cell = rows.at(i, column); cell.kind != Cell::Kind::null)
      keys.push_back({cell.*member, i});
  return order_of(keys);
}

// The rows that may equal the value; none where that is not known and all must be looked at.
template <class Key>
std::optional<RowNumbers> equal_rows(SharedTable& table, std::size_t column,
                                     const Match<Key>& match, Key Cell::*member) {
  using Kind = typename Match<Key>::Kind;
  if (match.kind == Kind::any) return std::nullopt;
  if (match.kind == Kind::none) return RowNumbers{};
  const auto key = [&](std::uint32_t i) { return table.rows().at(i, column).*member; };
  const auto& rows = table.order(column).rows;
  const auto first = std::ranges::lower_bound(rows, match.key, {}, key);
  return RowNumbers(first, std::ranges::upper_bound(rows, match.key, {}, key));
}

std::optional<RowNumbers> find(SharedTable& table, std::size_t column, sqlite3_value* value) {
  if (table.doc.columns[column].is_text())
    return equal_rows(table, column, text_match(value), &Cell::text);
  return equal_rows(table, column, integer_match(value), &Cell::integer);
}

std::size_t rows_of_scan(const SharedTable& table) {
  return std::max(table.rows().size, kAssumedRows);
}

struct Attached : sqlite3_vtab {
  SharedTable* table = nullptr;
};
struct Cursor : sqlite3_vtab_cursor {
  const RowsView* rows = nullptr;
  RowNumbers hits;   // of a lookup
  bool scan = true;  // every row instead
  std::size_t at = 0, end = 0;

  [[nodiscard]] std::size_t row() const { return scan ? at : hits[at]; }
};

SharedTable& table_of(sqlite3_vtab* base) {
  return *static_cast<Attached*>(base)->table;
}

int connect(sqlite3* db, void* table, int, const char* const*, sqlite3_vtab** out, char**) try {
  auto attached = std::make_unique<Attached>();
  attached->table = static_cast<SharedTable*>(table);
  const int code = sqlite3_declare_vtab(db, create_statement(attached->table->doc).c_str());
  if (code == SQLITE_OK) *out = attached.release();
  return code;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

int disconnect(sqlite3_vtab* base) {
  const std::unique_ptr<Attached> owned(static_cast<Attached*>(base));
  return SQLITE_OK;
}

// Rows that one lookup by the constraint visits. In a large table a value that the query itself
// writes down is counted: `service = 'nginx'` may be every row, `name = 'stub_status'` none.
std::size_t rows_of_lookup(SharedTable& table, sqlite3_index_info* info, int constraint,
                           std::size_t column) {
  if (!table.is_large()) return kAssumedRows / 64;
  sqlite3_value* value = nullptr;
  if (sqlite3_vtab_rhs_value(info, constraint, &value) == SQLITE_OK)
    if (const auto hits = find(table, column, value))
      return std::clamp<std::size_t>(hits->size(), 1, rows_of_scan(table) - 1);
  const auto& order = table.order(column);
  const auto average = order.distinct == 0 ? 1 : order.rows.size() / order.distinct;
  return std::clamp<std::size_t>(average, 1, rows_of_scan(table) / 4);
}

int best_index(sqlite3_vtab* base, sqlite3_index_info* info) try {
  auto& table = table_of(base);
  const std::span constraints(info->aConstraint, static_cast<std::size_t>(info->nConstraint));
  auto visited = rows_of_scan(table);
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const auto& constraint = constraints[i];
    if (!constraint.usable || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ || constraint.iColumn < 0)
      continue;
    const auto column = static_cast<std::size_t>(constraint.iColumn);
    if (!table.doc.columns[column].indexed) continue;
    if (std::strcmp(sqlite3_vtab_collation(info, static_cast<int>(i)), "BINARY") != 0) continue;
    const auto hits = rows_of_lookup(table, info, static_cast<int>(i), column);
    if (hits >= visited) continue;
    visited = hits;
    for (std::size_t j = 0; j < i; ++j) info->aConstraintUsage[j].argvIndex = 0;
    info->aConstraintUsage[i].argvIndex = 1;
    info->idxNum = constraint.iColumn + 1;
  }
  info->idxStr = const_cast<char*>(table.doc.name.data());  // a literal, for the plan's readers
  info->estimatedRows = static_cast<sqlite3_int64>(visited);
  info->estimatedCost = static_cast<double>(visited) * (info->idxNum == 0 ? kScanPenalty : 1) + 1;
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

int open(sqlite3_vtab* base, sqlite3_vtab_cursor** out) try {
  auto cursor = std::make_unique<Cursor>();
  cursor->rows = &table_of(base).rows();
  *out = cursor.release();
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

int close(sqlite3_vtab_cursor* base) {
  const std::unique_ptr<Cursor> owned(static_cast<Cursor*>(base));
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int lookup, const char*, int, sqlite3_value** argv) try {
  auto& cursor = *static_cast<Cursor*>(base);
  std::optional<RowNumbers> hits;
  if (lookup > 0) hits = find(table_of(base->pVtab), static_cast<std::size_t>(lookup - 1), argv[0]);
  cursor.scan = !hits;
  cursor.hits = hits.value_or(RowNumbers{});
  cursor.at = 0;
  cursor.end = cursor.scan ? cursor.rows->size : cursor.hits.size();
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

int next(sqlite3_vtab_cursor* base) {
  ++static_cast<Cursor*>(base)->at;
  return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor* base) {
  const auto& cursor = *static_cast<Cursor*>(base);
  return cursor.at >= cursor.end ? 1 : 0;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int number) {
  const auto& cursor = *static_cast<Cursor*>(base);
  give(context, cursor.rows->at(cursor.row(), static_cast<std::size_t>(number)));
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(static_cast<Cursor*>(base)->row());
  return SQLITE_OK;
}

constexpr sqlite3_module kModule = [] {
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

}  // namespace

const Order& SharedTable::order(std::size_t column) {
  auto& lazy = orders_[column];
  std::call_once(lazy.once, [&] {
    lazy.order = doc.columns[column].is_text() ? sorted_by(rows_, column, &Cell::text)
                                               : sorted_by(rows_, column, &Cell::integer);
  });
  return lazy.order;
}

bool SharedTable::is_large() const {
  return rows_.size > kAssumedRows;
}

std::string create_statement(const TableDoc& table) {
  std::string columns;
  for (const auto& column : table.columns) {
    columns += columns.empty() ? "\"" : ", \"";
    columns.append(column.name).append("\" ").append(column.type);
  }
  return "CREATE TABLE \"" + std::string(table.name) + "\"(" + columns + ")";
}

int attach(sqlite3* db, SharedTable& table) {
  return sqlite3_create_module(db, std::string(table.doc.name).c_str(), &kModule, &table);
}

}  // namespace stackaudit::facts

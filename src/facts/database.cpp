// One guarded connection; each question is one prepared statement.
#include "facts/database.hpp"

#include "facts/describe.hpp"
#include "facts/functions.hpp"
#include "facts/guard.hpp"
#include "facts/memory.hpp"
#include "facts/plan.hpp"
#include "facts/virtual_table.hpp"
#include "text/suggest.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <deque>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace stackaudit::facts {
namespace {

struct CloseConnection {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseConnection>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

constexpr std::string_view kPolicyPrefix = "policy_";

void require(int code, const char* what) {
  if (code != SQLITE_OK)
    throw std::runtime_error(fmt::format("sqlite: {}: {}", what, sqlite3_errstr(code)));
}

// Declares an eponymous table, which SQLite does at its first mention and the guard would refuse.
void connect(sqlite3* db, std::string_view table) {
  const auto sql = fmt::format("SELECT 1 FROM \"{}\"", table);
  sqlite3_stmt* raw = nullptr;
  require(sqlite3_prepare_v2(db, sql.c_str(), -1, &raw, nullptr), "connect");
  const Statement unused(raw);
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where the query first has the name as a whole word, letter case aside.
std::optional<std::size_t> find_word(std::string_view sql, std::string_view name) {
  if (name.empty() || sql.size() < name.size()) return std::nullopt;
  for (std::size_t i = 0; i + name.size() <= sql.size(); ++i) {
    const bool starts = i == 0 || !is_word(sql[i - 1]);
    const bool ends = i + name.size() == sql.size() || !is_word(sql[i + name.size()]);
    if (starts && ends && text::equal_ignoring_case(sql.substr(i, name.size()), name)) return i;
  }
  return std::nullopt;
}

std::vector<std::string_view> table_names(std::string_view) {
  std::vector<std::string_view> names;
  for (const auto& table : describe_tables()) names.push_back(table.name);
  return names;
}

// Of the tables that the query names.
std::vector<std::string_view> column_names(std::string_view sql) {
  std::vector<std::string_view> names;
  for (const auto& table : describe_tables())
    if (find_word(sql, table.name))
      for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

std::vector<std::string_view> function_names(std::string_view) {
  return {allowed_functions().begin(), allowed_functions().end()};
}

// The complaints of SQLite that end in a name, and the names that could have been meant.
struct Unknown {
  std::string_view prefix;
  std::vector<std::string_view> (*candidates)(std::string_view sql);
};
constexpr std::array kUnknown{Unknown{"no such table: ", table_names},
                              Unknown{"no such column: ", column_names},
                              Unknown{"no such function: ", function_names}};

QueryError sql_error(std::string_view sql, std::string message, int offset) {
  QueryError error{QueryError::Kind::sql, std::move(message), std::nullopt, {}};
  if (offset >= 0) error.offset = static_cast<std::size_t>(offset);
  for (const auto& unknown : kUnknown) {
    if (!error.message.starts_with(unknown.prefix)) continue;
    const auto name = std::string_view(error.message).substr(unknown.prefix.size());
    if (!error.offset) error.offset = find_word(sql, name);
    const auto near = text::nearest(name.substr(name.rfind('.') + 1), unknown.candidates(sql));
    if (near) error.help = fmt::format("did you mean {}?", *near);
  }
  return error;
}

std::string plan_help(std::string_view table) {
  std::string keys;
  for (const auto& doc : describe_tables())
    if (doc.name == table)
      for (const auto& column : doc.columns)
        if (column.indexed) keys += (keys.empty() ? "" : ", ") + std::string(column.name);
  return fmt::format(
      "join {0} on one of its lookup columns ({1}), or, if few rows are left after a filter, write "
      "\"with few as materialized (select ... from {0} where ...)\" and join that",
      table, keys);
}

Value value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    default: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return bytes == nullptr ? std::string{} : std::string(bytes, size);
    }
  }
}

std::vector<std::string> columns_of(sqlite3_stmt* statement) {
  std::vector<std::string> names;
  for (int i = 0; i < sqlite3_column_count(statement); ++i)
    names.emplace_back(sqlite3_column_name(statement, i));
  return names;
}

std::vector<Value> row_of(sqlite3_stmt* statement) {
  std::vector<Value> row;
  const int count = sqlite3_column_count(statement);
  row.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) row.push_back(value_of(statement, i));
  return row;
}

}  // namespace

std::string to_text(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

struct Database::Connection {
  explicit Connection(Limits limits) : guard(limits) {}

  // The statement, or why there is none.
  std::pair<Statement, std::optional<QueryError>> prepare(std::string_view sql);
  QueryError error(std::string_view sql) const;
  std::optional<QueryError> judge_plan(std::string_view sql);

  Guard guard;
  Handle db;
};

struct SharedTables::Tables {
  std::deque<SharedTable> all;  // never moved: connections point at them
};

SharedTables::SharedTables() : tables_(std::make_unique<Tables>()) {
  for (auto& doc : describe_tables()) tables_->all.emplace_back(std::move(doc));
}

void SharedTables::fill(const Store& facts, const Store* policy) {
  auto table = tables_->all.begin();
  facts.for_each([&]<class Row>(const std::vector<Row>& rows) {
    const bool elsewhere = policy != nullptr && table->doc.name.starts_with(kPolicyPrefix);
    table->fill(view_of(elsewhere ? policy->rows<Row>() : rows));
    ++table;
  });
}

SharedTables::~SharedTables() = default;

Database::Database(SharedTables& tables, Limits limits)
    : connection_(std::make_unique<Connection>(limits)) {
  open(tables);
}

Database::Database(const Store& facts, const Store* policy, Limits limits)
    : own_tables_(std::make_unique<SharedTables>()),
      connection_(std::make_unique<Connection>(limits)) {
  own_tables_->fill(facts, policy);
  open(*own_tables_);
}

void Database::open(SharedTables& tables) {
  use_counted_memory();
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(
      ":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_->db.reset(raw);
  require(code, "open");
  Guard::Tables by_name;
  for (auto& table : tables.tables_->all) {
    require(attach(raw, table), "attach");
    connect(raw, table.doc.name);
    by_name.emplace(table.doc.name, &table);
  }
  require(add_functions(raw), "functions");
  require(connection_->guard.install(raw, std::move(by_name)), "guard");
}

Database::~Database() = default;

QueryError Database::Connection::error(std::string_view sql) const {
  const int code = sqlite3_errcode(db.get());
  if (guard.denial())
    return {QueryError::Kind::denied,
            guard.denial()->message,
            find_word(sql, guard.denial()->name),
            {}};
  if (code == SQLITE_INTERRUPT)
    return {QueryError::Kind::limit, guard.interruption(), std::nullopt, {}};
  if (code == SQLITE_NOMEM)
    return {QueryError::Kind::limit, "the query needs too much memory", std::nullopt, {}};
  return sql_error(sql, sqlite3_errmsg(db.get()), sqlite3_error_offset(db.get()));
}

std::pair<Statement, std::optional<QueryError>> Database::Connection::prepare(
    std::string_view sql) {
  const auto fail = [](std::string message, std::optional<std::size_t> offset) {
    return std::pair{Statement{}, std::optional(QueryError{
                                      QueryError::Kind::sql, std::move(message), offset, {}})};
  };
  if (const auto nul = sql.find('\0'); nul != std::string_view::npos)
    return fail("the query holds a NUL byte", nul);
  guard.start();
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v2(db.get(), sql.data(), static_cast<int>(sql.size()), &raw, &rest);
  Statement statement(raw);
  if (code != SQLITE_OK) return {Statement{}, error(sql)};
  if (!statement) return fail("the query is empty", std::nullopt);
  const auto used = static_cast<std::size_t>(rest - sql.data());
  if (const auto more = sql.find_first_not_of(" \t\r\n;", used); more != std::string_view::npos)
    if (!sql.substr(more).starts_with("--")) return fail("a query is one statement", more);
  if (sqlite3_bind_parameter_count(raw) > 0)
    return fail(
        "a parameter has no value here",
        find_word(sql,
                  sqlite3_bind_parameter_name(raw, 1) ? sqlite3_bind_parameter_name(raw, 1) : "?"));
  return {std::move(statement), std::nullopt};
}

std::optional<QueryError> Database::Connection::judge_plan(std::string_view sql) {
  auto [statement, failure] = prepare("EXPLAIN QUERY PLAN " + std::string(sql));
  if (failure) return failure;
  std::vector<PlanStep> plan;
  while (sqlite3_step(statement.get()) == SQLITE_ROW)
    plan.push_back({sqlite3_column_int64(statement.get(), 0),
                    sqlite3_column_int64(statement.get(), 1),
                    to_text(value_of(statement.get(), 3))});
  const auto nested = find_nested_scan(plan);
  if (!nested) return std::nullopt;
  const auto name = nested->alias == nested->table
                        ? nested->table
                        : fmt::format("{} ({})", nested->table, nested->alias);
  return QueryError{
      QueryError::Kind::plan,
      fmt::format("all of {} would be read again for each row of {}", name, nested->outer),
      find_word(sql, nested->table), plan_help(nested->table)};
}

struct Database::Prepared::State {
  std::string sql;
  Statement statement;              // none: it failed
  std::optional<QueryError> error;  // why
  std::vector<const SharedTable*> tables;
};

Database::Prepared::Prepared(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Prepared::Prepared(Prepared&& other) noexcept = default;
Database::Prepared::~Prepared() = default;

bool Database::Prepared::outgrown() const {
  return std::ranges::any_of(state_->tables, &SharedTable::is_large);
}

Database::Prepared Database::prepare(std::string_view sql) {
  auto state = std::make_unique<Prepared::State>();
  state->sql = sql;
  std::tie(state->statement, state->error) = connection_->prepare(state->sql);
  state->tables = connection_->guard.tables_read();
  return Prepared(std::move(state));
}

Answer Database::run(Prepared& query) {
  Answer answer;
  answer.error = query.state_->error;
  if (answer.error) return answer;
  auto* statement = query.state_->statement.get();
  connection_->guard.start();
  sqlite3_reset(statement);
  answer.columns = columns_of(statement);
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (answer.rows.size() == connection_->guard.limits().rows) {
      answer.error = {QueryError::Kind::limit,
                      fmt::format("the query gives more than {} rows", answer.rows.size()),
                      std::nullopt,
                      {}};
      return answer;
    }
    answer.rows.push_back(row_of(statement));
  }
  if (code != SQLITE_DONE) answer.error = connection_->error(query.state_->sql);
  return answer;
}

Answer Database::run(std::string_view sql) {
  auto query = prepare(sql);
  return run(query);
}

Answer Database::check(std::string_view sql) {
  Answer answer;
  auto [statement, failure] = connection_->prepare(sql);
  answer.error = std::move(failure);
  if (answer.error) return answer;
  answer.columns = columns_of(statement.get());
  answer.error = connection_->judge_plan(sql);
  return answer;
}

}  // namespace stackaudit::facts

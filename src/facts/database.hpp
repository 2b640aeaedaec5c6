// The facts as a database that can only be asked: SQL over the vectors of a Store, nothing copied.
// A query may read the fact tables and nothing else; its time, steps, memory, rows and text sizes
// are bounded, so that a rule file or a user cannot hang an audit or fill a server's memory.
#pragma once

#include "facts/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stackaudit::facts {

// NULL, INTEGER, REAL, TEXT (and BLOB).
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

// As SQLite would print it; empty for NULL.
[[nodiscard]] std::string to_text(const Value& value);

struct Limits {
  std::chrono::milliseconds deadline{5000};  // for one query
  std::int64_t steps = 2'000'000'000;        // of SQLite's virtual machine, for one query
  std::size_t rows = 100'000;                // of an answer
  std::int64_t memory = 512LL << 20;         // bytes that SQLite may hold, over all connections
};

struct QueryError {
  enum class Kind : std::uint8_t {
    sql,     // SQLite cannot make sense of it
    denied,  // it wants what a query may not do
    plan,    // it would compare every row of one table with every row of another
    limit,   // it ran out of time, steps, memory or rows
  };
  Kind kind = Kind::sql;
  std::string message;
  std::optional<std::size_t> offset;  // byte of the query that it is about
  std::string help;                   // what to write instead, or empty
};

struct Answer {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;  // with an error: those before it
  std::optional<QueryError> error;
};

// The tables of a Store prepared for several databases, each in a thread of its own, so that what a
// lookup needs is computed once.
class SharedTables {
 public:
  SharedTables();  // without rows: queries can be prepared

  // Once, before anything is run. The facts must outlive it and stay as they are. The policy_*
  // tables come from `policy` where it is given, else from `facts`.
  void fill(const Store& facts, const Store* policy = nullptr);
  ~SharedTables();
  SharedTables(const SharedTables&) = delete;
  SharedTables& operator=(const SharedTables&) = delete;

 private:
  friend class Database;
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

class Database {
 public:
  // A query that is ready to run.
  class Prepared {
   public:
    Prepared(Prepared&& other) noexcept;
    ~Prepared();

    // Whether its plan is none for the rows that have come since; then the query is to be prepared
    // again.
    [[nodiscard]] bool outgrown() const;

   private:
    friend class Database;
    struct State;
    explicit Prepared(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };

  // The tables must outlive the database.
  explicit Database(SharedTables& tables, Limits limits = {});
  // The facts must outlive the database and stay as they are. The policy_* tables come from
  // `policy` where it is given, else from `facts`.
  explicit Database(const Store& facts, const Store* policy = nullptr, Limits limits = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs one SELECT (or EXPLAIN of one).
  [[nodiscard]] Answer run(std::string_view sql);

  // The same in two steps: what is wrong with the query is part of the answer. A prepared query
  // must not outlive its database.
  [[nodiscard]] Prepared prepare(std::string_view sql);
  [[nodiscard]] Answer run(Prepared& query);

  // The columns that the query gives, without running it; an error also where its plan is
  // quadratic.
  [[nodiscard]] Answer check(std::string_view sql);

 private:
  struct Connection;
  void open(SharedTables& tables);

  std::unique_ptr<SharedTables> own_tables_;  // where they are not shared
  std::unique_ptr<Connection> connection_;
};

}  // namespace stackaudit::facts

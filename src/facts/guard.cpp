// The order matters: temporary results go to memory before the authorizer forbids to say so.
#include "facts/guard.hpp"

#include "facts/functions.hpp"
#include "facts/memory.hpp"
#include "text/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stackaudit::facts {
namespace {

constexpr int kStepsBetweenChecks = 1000;

struct Limit {
  int what;
  int most;
};
constexpr std::array kLimits{
    Limit{SQLITE_LIMIT_LENGTH, 32 << 20},          // bytes of one text; files are read up to 16 MiB
    Limit{SQLITE_LIMIT_SQL_LENGTH, 64 << 10},      // bytes of a query
    Limit{SQLITE_LIMIT_COLUMN, 200},               // of a result
    Limit{SQLITE_LIMIT_EXPR_DEPTH, 100},           // nesting
    Limit{SQLITE_LIMIT_COMPOUND_SELECT, 50},       // parts of a UNION
    Limit{SQLITE_LIMIT_VDBE_OP, 50'000},           // instructions of a statement
    Limit{SQLITE_LIMIT_FUNCTION_ARG, 32},          //
    Limit{SQLITE_LIMIT_ATTACHED, 0},               //
    Limit{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500},  //
    Limit{SQLITE_LIMIT_TRIGGER_DEPTH, 1},          //
    Limit{SQLITE_LIMIT_WORKER_THREADS, 0}};

// The statements of the authorizer's actions, where the action says enough for a message.
struct Refused {
  int action;
  std::string_view statement;
};
constexpr std::array kRefused{Refused{SQLITE_ATTACH, "ATTACH"}, Refused{SQLITE_DETACH, "DETACH"},
                              Refused{SQLITE_PRAGMA, "PRAGMA"},
                              Refused{SQLITE_TRANSACTION, "a transaction"},
                              Refused{SQLITE_SAVEPOINT, "SAVEPOINT"}};

std::string refusal(int action) {
  std::string message = "a query can only SELECT from the fact tables";
  for (const auto& refused : kRefused)
    if (refused.action == action) message += fmt::format(", this is {}", refused.statement);
  return message;
}

std::string or_nothing(const char* text) {
  return text == nullptr ? std::string{} : std::string(text);
}

}  // namespace

int Guard::install(sqlite3* db, Tables tables) {
  tables_ = std::move(tables);
  for (const auto& limit : kLimits) sqlite3_limit(db, limit.what, limit.most);
  limit_memory(limits_.memory);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  if (const int code = sqlite3_exec(db, "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr))
    return code;
  sqlite3_progress_handler(db, kStepsBetweenChecks, progress, this);
  return sqlite3_set_authorizer(db, authorize, this);
}

void Guard::start() {
  denial_.reset();
  tables_read_.clear();
  steps_left_ = limits_.steps;
  until_ = std::chrono::steady_clock::now() + limits_.deadline;
}

std::string Guard::interruption() const {
  if (steps_left_ <= 0) return fmt::format("the query took more than {} steps", limits_.steps);
  return fmt::format("the query took longer than {} ms", limits_.deadline.count());
}

int Guard::deny(std::string message, std::string name) {
  if (!denial_) denial_ = Denial{std::move(message), std::move(name)};
  return SQLITE_DENY;
}

int Guard::authorize(void* self, int action, const char* first, const char* second, const char*,
                     const char*) {
  auto& guard = *static_cast<Guard*>(self);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ: {
      // Without a column the name is that of any FROM clause, CTEs included; other virtual tables
      // than ours cannot be connected any more, so that only SQLite's own schema is left.
      const auto table = or_nothing(first);
      const bool own = text::equal_ignoring_case(table.substr(0, 7), "sqlite_");
      if (const auto known = guard.tables_.find(table); known != guard.tables_.end()) {
        auto& read = guard.tables_read_;
        if (std::ranges::find(read, known->second) == read.end()) read.push_back(known->second);
        return SQLITE_OK;
      }
      if (or_nothing(second).empty() && !own) return SQLITE_OK;
      return guard.deny(fmt::format("the table {} may not be read", table), table);
    }
    case SQLITE_FUNCTION: {
      const auto name = or_nothing(second);
      if (allowed_function(name)) return SQLITE_OK;
      return guard.deny(fmt::format("the function {} may not be called", name), name);
    }
    default:
      return guard.deny(refusal(action), {});
  }
}

int Guard::progress(void* self) {
  auto& guard = *static_cast<Guard*>(self);
  guard.steps_left_ -= kStepsBetweenChecks;
  return guard.steps_left_ <= 0 || std::chrono::steady_clock::now() > guard.until_ ? 1 : 0;
}

}  // namespace stackaudit::facts

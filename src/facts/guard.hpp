// What an SQLite connection lets a query do (authorizer), how long (progress handler) and how much
// (limits). The guard is installed once per connection and asked before each statement.
#pragma once

#include "facts/database.hpp"

#include <sqlite3.h>

#include <map>
#include <vector>

namespace stackaudit::facts {

class SharedTable;

// What the authorizer refused, for the message.
struct Denial {
  std::string message;
  std::string name;  // the word of the query that it is about; may be empty
};

class Guard {
 public:
  using Tables = std::map<std::string, const SharedTable*, std::less<>>;  // by name

  explicit Guard(Limits limits) : limits_(limits) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // Takes away what no query needs and installs the callbacks; from then on only these tables can
  // be read. The guard must outlive the connection. Gives an SQLite result code.
  int install(sqlite3* db, Tables tables);

  // Before each statement: forgets what the last one did, starts the clock.
  void start();

  [[nodiscard]] const Limits& limits() const { return limits_; }
  // The first thing that was refused since start.
  [[nodiscard]] const std::optional<Denial>& denial() const { return denial_; }
  // The tables whose columns the last statement to be prepared reads.
  [[nodiscard]] const std::vector<const SharedTable*>& tables_read() const { return tables_read_; }
  // Why the statement was interrupted.
  [[nodiscard]] std::string interruption() const;

 private:
  static int authorize(void* self, int action, const char* first, const char* second, const char*,
                       const char*);
  static int progress(void* self);
  int deny(std::string message, std::string name);

  Limits limits_;
  Tables tables_;
  std::vector<const SharedTable*> tables_read_;
  std::optional<Denial> denial_;
  std::chrono::steady_clock::time_point until_;
  std::int64_t steps_left_ = 0;
};

}  // namespace stackaudit::facts

// The memory that SQLite may hold, counted here: its own accounting takes one lock for all threads
// at each allocation, which costs parallel queries more than the queries themselves.
#pragma once

#include <cstdint>

namespace stackaudit::facts {

// Gives SQLite the allocator of this file; to be called before a connection is opened, again and
// from several threads as one likes. Throws std::runtime_error where SQLite refuses, which is when
// somebody has used it before.
void use_counted_memory();

// The bytes that SQLite may hold over all connections; an allocation beyond them ends its statement
// with SQLITE_NOMEM. Holds for the process, as the last caller says.
void limit_memory(std::int64_t bytes);

}  // namespace stackaudit::facts

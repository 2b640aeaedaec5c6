// malloc with a count beside it. SQLite is one for the process and its allocator has no context, so
// that the count cannot be anybody's member.
#include "facts/memory.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <malloc.h>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace stackaudit::facts {
namespace {

struct Budget {
  std::atomic<std::int64_t> held{0};
  std::atomic<std::int64_t> most{std::numeric_limits<std::int64_t>::max()};
};

Budget& budget() {
  static Budget all;
  return all;
}

std::int64_t size_of(void* block) {
  return static_cast<std::int64_t>(::malloc_usable_size(block));
}

// Each thread counts for itself and tells the sum now and then: a counter that all of them change
// with every block would be what they wait for.
struct Untold {
  std::int64_t bytes = 0;
  ~Untold() { tell(); }
  void tell() { budget().held.fetch_add(std::exchange(bytes, 0), std::memory_order_relaxed); }
};
thread_local Untold untold;

// Whether so many bytes more are within the limit. Threads that ask at once may exceed it by what
// each of them asks for and has not told.
bool fits(std::int64_t more) {
  const auto held = budget().held.load(std::memory_order_relaxed) + untold.bytes;
  return held + more <= budget().most.load(std::memory_order_relaxed);
}

void count(std::int64_t bytes) {
  constexpr std::int64_t kTold = 64 << 10;
  untold.bytes += bytes;
  if (untold.bytes > kTold || untold.bytes < -kTold) untold.tell();
}

void* allocate(int bytes) {
  if (!fits(bytes)) return nullptr;
  void* block = std::malloc(static_cast<std::size_t>(bytes));
  if (block != nullptr) count(size_of(block));
  return block;
}

void release(void* block) {
  if (block == nullptr) return;
  count(-size_of(block));
  std::free(block);
}

void* resize(void* block, int bytes) {
  const auto before = size_of(block);
  if (!fits(bytes - before)) return nullptr;
  void* moved = std::realloc(block, static_cast<std::size_t>(bytes));
  if (moved != nullptr) count(size_of(moved) - before);
  return moved;
}

int size(void* block) {
  return static_cast<int>(size_of(block));
}

int round_up(int bytes) {
  return (bytes + 7) & ~7;
}

int start(void*) {
  return SQLITE_OK;
}

void stop(void*) {}

constexpr sqlite3_mem_methods kMethods{allocate, release, resize, size,
                                       round_up, start,   stop,   nullptr};

void require(int code) {
  if (code != SQLITE_OK)
    throw std::runtime_error(fmt::format("sqlite: configure: {}", sqlite3_errstr(code)));
}

}  // namespace

void use_counted_memory() {
  static std::once_flag once;
  std::call_once(once, [] {
    require(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0));
    require(sqlite3_config(SQLITE_CONFIG_MALLOC, &kMethods));
  });
}

void limit_memory(std::int64_t bytes) {
  budget().most.store(bytes, std::memory_order_relaxed);
}

}  // namespace stackaudit::facts

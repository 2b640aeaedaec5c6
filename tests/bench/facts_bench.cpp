// Queries over the fact tables against the same rows in plain in-memory SQLite tables with the same
// keys indexed, in one run, so that the ratio means the same on any machine. Not part of ctest:
// cmake --preset release -DSTACKAUDIT_TESTS=ON && cmake --build build/release --target bench_facts
#include "facts/store.hpp"
#include "facts/virtual_table.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <benchmark/benchmark.h>
#include <memory>
#include <stdexcept>

namespace stackaudit::facts {
namespace {

constexpr int kRows = 100'000;

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

void execute(sqlite3* db, const std::string& sql) {
  if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(db));
}

const Store& rows() {
  static const Store kStore = [] {
    Store store;
    for (int i = 0; i < kRows; ++i) {
      File file;
      file.path = fmt::format("/var/www/site{:04}/wp-content/plugins/p{:03}/file{:06}.php", i % 997,
                              i % 313, i);
      file.mode = i % 50 == 0 ? 0666 : 0644;
      store.add(std::move(file));
    }
    for (int i = 0; i < kRows; ++i) {
      Directive directive;
      directive.path =
          store
              .rows<File>()[static_cast<std::size_t>((static_cast<std::int64_t>(i) * 7919) % kRows)]
              .path;
      directive.id = i;
      directive.name = i % 3 == 0 ? "options" : "php_value";
      store.add(std::move(directive));
    }
    return store;
  }();
  return kStore;
}

Handle open() {
  sqlite3* raw = nullptr;
  sqlite3_open(":memory:", &raw);
  Handle db(raw);
  static SharedTable files{describe_table<File>()};
  static SharedTable directives{describe_table<Directive>()};
  files.fill(view_of(rows().rows<File>()));
  directives.fill(view_of(rows().rows<Directive>()));
  if (attach(raw, files) != SQLITE_OK || attach(raw, directives) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(raw));
  return db;
}

// Also with the same rows as tables m_file and m_directive.
Handle open_with_tables() {
  auto db = open();
  for (const auto* table : {"file", "directive"}) {
    execute(db.get(), fmt::format("create table m_{0} as select * from {0}", table));
    execute(db.get(), fmt::format("create index m_{0}_path on m_{0}(path)", table));
  }
  execute(db.get(), "create index m_directive_name on m_directive(name)");
  execute(db.get(), "analyze");
  return db;
}

struct Query {
  const char* name;
  const char* sql;  // {} stands for the tables' prefix
};
constexpr Query kQueries[] = {
    {"scan", "select count(*) from {0}file where mode & 2"},
    {"group", "select name, count(*) from {0}directive group by name"},
    {"join", "select count(*), sum(f.mode) from {0}directive d join {0}file f on f.path = d.path"},
    {"not_exists",
     "select count(*) from {0}file f where not exists (select 1 from {0}directive d where d.path "
     "= f.path and d.name = 'options')"}};

void warm(benchmark::State& state, const Query& query, const char* prefix) {
  const auto db = open_with_tables();
  const auto sql = fmt::format(fmt::runtime(query.sql), prefix);
  execute(db.get(), sql);
  for ([[maybe_unused]] const auto _ : state) execute(db.get(), sql);
  state.SetItemsProcessed(state.iterations() * kRows);
}

// What an audit pays: a new connection, keys sorted for the first time.
void cold(benchmark::State& state, const Query& query) {
  const auto sql = fmt::format(fmt::runtime(query.sql), "");
  for ([[maybe_unused]] const auto _ : state) execute(open().get(), sql);
  state.SetItemsProcessed(state.iterations() * kRows);
}

// What tables would cost an audit: filling them, their indexes, then the query.
void cold_tables(benchmark::State& state, const Query& query) {
  const auto sql = fmt::format(fmt::runtime(query.sql), "m_");
  for ([[maybe_unused]] const auto _ : state) execute(open_with_tables().get(), sql);
  state.SetItemsProcessed(state.iterations() * kRows);
}

void add_benchmarks() {
  for (const auto& query : kQueries) {
    const auto add = [&](const char* what, auto run) {
      benchmark::RegisterBenchmark(fmt::format("{}/{}", query.name, what).c_str(), run)
          ->Unit(benchmark::kMillisecond);
    };
    add("facts_warm", [&query](benchmark::State& state) { warm(state, query, ""); });
    add("tables_warm", [&query](benchmark::State& state) { warm(state, query, "m_"); });
    add("facts_cold", [&query](benchmark::State& state) { cold(state, query); });
    add("tables_cold", [&query](benchmark::State& state) { cold_tables(state, query); });
  }
}

}  // namespace
}  // namespace stackaudit::facts

int main(int argc, char** argv) {
  stackaudit::facts::add_benchmarks();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

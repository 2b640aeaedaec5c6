// Reads the declarations in the order of AllTables.
#include "facts/describe.hpp"

#include "facts/store.hpp"

namespace stackaudit::facts {
namespace {

template <class... Rows>
std::vector<TableDoc> describe(Tables<Rows...>) {
  return {describe_table<Rows>()...};
}

}  // namespace

std::vector<TableDoc> describe_tables() {
  return describe(AllTables{});
}

}  // namespace stackaudit::facts

// All rows of one audit: a vector of structs a table, nothing more. Readers append, SQL reads.
#pragma once

#include "facts/accounts.hpp"
#include "facts/configuration.hpp"
#include "facts/files.hpp"
#include "facts/network.hpp"
#include "facts/php.hpp"
#include "facts/policy.hpp"
#include "facts/services.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace stackaudit::facts {

// Every table there is; the order is that of `stackaudit tables`.
template <class... Rows>
struct Tables {
  static constexpr std::size_t kNumber = sizeof...(Rows);
};
using AllTables = Tables<Service, Worker, Unit, Directive, Site, Listener, Dial, Monitor, Reference,
                         Access, Writable, Readable, SpecialFile, File, Membership, Account,
                         SudoRule, PhpConstant, Wordpress, ServedFile, PhpExtension, SyntaxProblem,
                         BlindSpot, PolicyService, PolicyListen, PolicyWriter, PolicyMonitored>;

template <class Row>
struct RowsOf {
  static_assert(well_formed<Row>(), "a table lacks documentation or repeats a column");
  std::vector<Row> rows;
};

// One base a table, which compiles in a fraction of the time that a std::tuple of them takes.
template <class>
struct AllRows;
template <class... Rows>
struct AllRows<Tables<Rows...>> : RowsOf<Rows>... {
  // Calls f with the vector of each table, in the order of AllTables.
  template <class F>
  void for_each(F f) {
    (f(RowsOf<Rows>::rows), ...);
  }
  template <class F>
  void for_each(F f) const {
    (f(RowsOf<Rows>::rows), ...);
  }
};

// Not safe for concurrent use: parallel readers fill a Store each, then merge in a fixed order.
class Store : private AllRows<AllTables> {
 public:
  Store();
  ~Store();
  Store(const Store&) = delete;
  Store(Store&&) noexcept;
  Store& operator=(const Store&) = delete;
  Store& operator=(Store&&) noexcept;

  using AllRows<AllTables>::for_each;

  template <class Row>
  [[nodiscard]] std::vector<Row>& rows() {
    return RowsOf<Row>::rows;
  }
  template <class Row>
  [[nodiscard]] const std::vector<Row>& rows() const {
    return RowsOf<Row>::rows;
  }

  template <class Row>
  Row& add(Row row) {
    return rows<Row>().emplace_back(std::move(row));
  }

  // Appends everything of the other.
  void merge(Store&& other);
};

}  // namespace stackaudit::facts

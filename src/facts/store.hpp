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
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

namespace stackaudit::facts {

// Every table there is; the order is that of `stackaudit tables`.
using AllTables =
    std::tuple<Service, Worker, Unit, Directive, Site, Listener, Dial, Monitor, Reference, Access,
               Writable, Readable, SpecialFile, File, Membership, Account, SudoRule, PhpConstant,
               Wordpress, ServedFile, PhpExtension, SyntaxProblem, BlindSpot, PolicyService,
               PolicyListen, PolicyWriter, PolicyMonitored>;

// Not safe for concurrent use: parallel readers fill a Store each, then merge in a fixed order.
class Store {
 public:
  template <class Row>
  [[nodiscard]] std::vector<Row>& rows() {
    return std::get<std::vector<Row>>(tables_);
  }
  template <class Row>
  [[nodiscard]] const std::vector<Row>& rows() const {
    return std::get<std::vector<Row>>(tables_);
  }

  template <class Row>
  Row& add(Row row) {
    return rows<Row>().emplace_back(std::move(row));
  }

  // Appends everything of the other.
  void merge(Store&& other) {
    for_each([&]<class Row>(std::vector<Row>& mine) {
      auto& theirs = other.rows<Row>();
      if (mine.empty()) return mine.swap(theirs);
      mine.insert(mine.end(), std::make_move_iterator(theirs.begin()),
                  std::make_move_iterator(theirs.end()));
      theirs.clear();
    });
  }

  // Calls f with the vector of each table, in the order of AllTables.
  template <class F>
  void for_each(F f) {
    std::apply([&](auto&... table) { (f(table), ...); }, tables_);
  }
  template <class F>
  void for_each(F f) const {
    std::apply([&](const auto&... table) { (f(table), ...); }, tables_);
  }

 private:
  template <class>
  struct Vectors;
  template <class... Rows>
  struct Vectors<std::tuple<Rows...>> {
    static_assert((well_formed<Rows>() && ...), "a table lacks documentation or repeats a column");
    using type = std::tuple<std::vector<Rows>...>;
  };
  Vectors<AllTables>::type tables_;
};

}  // namespace stackaudit::facts

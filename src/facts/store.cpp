// What moves whole tables, compiled once for all who fill them.
#include "facts/store.hpp"

#include <iterator>

namespace stackaudit::facts {

Store::Store() = default;
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

void Store::merge(Store&& other) {
  for_each([&]<class Row>(std::vector<Row>& mine) {
    auto& theirs = other.rows<Row>();
    if (mine.empty()) return mine.swap(theirs);
    mine.insert(mine.end(), std::make_move_iterator(theirs.begin()),
                std::make_move_iterator(theirs.end()));
    theirs.clear();
  });
}

}  // namespace stackaudit::facts

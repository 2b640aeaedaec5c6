// The directive table as the tree that a server's files are.
#pragma once

#include "facts/store.hpp"

#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stackaudit::stack {

// The directives of one server, in the order of reading. For as long as no directive is added.
class Blocks {
 public:
  Blocks(const facts::Store& facts, std::string_view service);

  using Rows = std::vector<const facts::Directive*>;
  [[nodiscard]] const Rows& all() const { return all_; }
  // What stands directly in a block.
  [[nodiscard]] const Rows& children(std::int64_t block) const;
  [[nodiscard]] const facts::Directive* find(std::int64_t id) const;
  // The block that a row stands in; nullptr: in none.
  [[nodiscard]] const facts::Directive* parent(const facts::Directive& row) const;
  // The innermost block of this name around a row; nullptr: there is none.
  [[nodiscard]] const facts::Directive* around(const facts::Directive& row,
                                               std::string_view name) const;
  // The directive of this name in the nearest block around a row that has one; nullptr: none.
  [[nodiscard]] const facts::Directive* inherited(const facts::Directive& row,
                                                  std::string_view name) const;
  // The row of a site's own block; nullptr for Apache's main server.
  [[nodiscard]] const facts::Directive* block_of(const facts::Site& site,
                                                 std::string_view name) const;

 private:
  Rows all_, none_;
  std::unordered_map<std::int64_t, Rows> children_;
  std::unordered_map<std::int64_t, const facts::Directive*> by_id_;
  std::map<std::pair<std::string_view, std::int64_t>, const facts::Directive*>
      hosts_;  // server and VirtualHost blocks by path and line
};

}  // namespace stackaudit::stack

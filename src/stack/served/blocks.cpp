// The directive table as a tree again.
#include "stack/served/serving.hpp"

namespace stackaudit::stack::served {

Blocks::Blocks(const facts::Store& facts, std::string_view service) {
  for (const auto& row : facts.rows<facts::Directive>())
    if (row.service == service) all_.push_back(&row);
  by_id_.reserve(all_.size());
  for (const auto* row : all_) {
    by_id_.emplace(row->id, row);
    if (row->parent) children_[*row->parent].push_back(row);
  }
}

const Blocks::Rows& Blocks::children(std::int64_t block) const {
  const auto found = children_.find(block);
  return found == children_.end() ? none_ : found->second;
}

const facts::Directive* Blocks::find(std::int64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const facts::Directive* Blocks::block_of(const facts::Site& site, std::string_view name) const {
  for (const auto* row : all_)
    if (row->name == name && row->path == site.path && row->line == site.line) return row;
  return nullptr;
}

}  // namespace stackaudit::stack::served

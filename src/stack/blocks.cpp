// Rows point upwards only; the way down is an index.
#include "stack/blocks.hpp"

namespace stackaudit::stack {

Blocks::Blocks(const facts::Store& facts, std::string_view service) {
  for (const auto& row : facts.rows<facts::Directive>())
    if (row.service == service) all_.push_back(&row);
  by_id_.reserve(all_.size());
  for (const auto* row : all_) {
    by_id_.emplace(row->id, row);
    if (row->parent) children_[*row->parent].push_back(row);
    if (row->line && (row->name == "server" || row->name == "virtualhost"))
      hosts_.try_emplace({row->path, *row->line}, row);
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

const facts::Directive* Blocks::parent(const facts::Directive& row) const {
  return row.parent ? find(*row.parent) : nullptr;
}

const facts::Directive* Blocks::around(const facts::Directive& row, std::string_view name) const {
  const auto* block = parent(row);
  while (block != nullptr && block->name != name) block = parent(*block);
  return block;
}

const facts::Directive* Blocks::inherited(const facts::Directive& row,
                                          std::string_view name) const {
  for (const auto* at = &row; at != nullptr && at->parent; at = parent(*at))
    for (const auto* sibling : children(*at->parent))
      if (sibling->name == name) return sibling;
  return nullptr;
}

const facts::Directive* Blocks::block_of(const facts::Site& site, std::string_view name) const {
  if (!site.line) return nullptr;
  const auto found = hosts_.find({site.path, *site.line});
  return found == hosts_.end() || found->second->name != name ? nullptr : found->second;
}

}  // namespace stackaudit::stack

// Every question but one about the way down goes to the tree, or nowhere.
#include "tree/part_tree.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace stackaudit::tree {

PartTree::PartTree(const Tree& tree, std::vector<std::string> directories)
    : tree_(tree), directories_(std::move(directories)) {}

bool PartTree::holds(std::string_view path) const {
  return std::ranges::any_of(directories_, [&](const auto& each) { return is_within(path, each); });
}

bool PartTree::leads_on(std::string_view path) const {
  return std::ranges::any_of(directories_, [&](const auto& each) { return is_within(each, path); });
}

Result<Stat> PartTree::lstat(std::string_view path) const {
  if (!holds(path) && !leads_on(path)) return Error{ENOENT};
  return tree_.lstat(path);
}

Result<std::string> PartTree::read(std::string_view path, std::size_t limit) const {
  if (!holds(path)) return Error{ENOENT};
  return tree_.read(path, limit);
}

Result<std::string> PartTree::readlink(std::string_view path) const {
  if (!holds(path) && !leads_on(path)) return Error{ENOENT};
  return tree_.readlink(path);
}

Result<std::vector<std::string>> PartTree::list(std::string_view path) const {
  if (!holds(path) && !leads_on(path)) return Error{ENOENT};
  auto names = tree_.list(path);
  if (!names || holds(path)) return names;
  std::vector<std::string> onward;
  std::ranges::copy_if(*names, std::back_inserter(onward),
                       [&](const auto& name) { return leads_on(join(path, name)); });
  return onward;
}

Result<Acl> PartTree::acl(std::string_view path) const {
  if (!holds(path)) return Acl{};
  return tree_.acl(path);
}

}  // namespace stackaudit::tree

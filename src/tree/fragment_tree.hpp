// A part of a root file system, such as a checkout of its /etc: what lies in a place that the part
// lacks altogether is unknown, not missing.
#pragma once

#include "tree/tree.hpp"

namespace stackaudit::tree {

// Gives kNotInFragment instead of ENOENT for a path whose first directory is not in the tree, or,
// below /etc, where every package has a directory of its own, whose second is not.
class FragmentTree final : public Tree {
 public:
  explicit FragmentTree(const Tree& part) : part_(part) {}

  // Whether the tree is only a part: no system works without its programs in /usr or /bin.
  [[nodiscard]] static bool is_fragment(const Tree& tree);

  Result<Stat> lstat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> readlink(std::string_view path) const override;
  Result<std::vector<std::string>> list(std::string_view path) const override;
  Result<Acl> acl(std::string_view path) const override;

 private:
  const Tree& part_;
};

}  // namespace stackaudit::tree

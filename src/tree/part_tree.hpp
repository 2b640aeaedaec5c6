// Some directories of a tree and nothing else of it: a checkout of a program, say, whose absolute
// names are those of the image that is built of it, not of the machine that it lies on.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <vector>

namespace stackaudit::tree {

// ENOENT for whatever is neither below one of the directories nor on the way to it; a directory on
// the way lists only what leads on.
class PartTree final : public Tree {
 public:
  // Absolute, canonical paths. The tree must outlive this one.
  PartTree(const Tree& tree, std::vector<std::string> directories);

  Result<Stat> lstat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> readlink(std::string_view path) const override;
  Result<std::vector<std::string>> list(std::string_view path) const override;
  Result<Acl> acl(std::string_view path) const override;

 private:
  [[nodiscard]] bool holds(std::string_view path) const;
  [[nodiscard]] bool leads_on(std::string_view path) const;

  const Tree& tree_;
  std::vector<std::string> directories_;
};

}  // namespace stackaudit::tree

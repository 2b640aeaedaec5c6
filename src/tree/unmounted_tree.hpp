// A root whose file systems are not all mounted: what fstab(5) or a mount unit brings to a
// directory that is absent or empty here is unknown, not missing.
#pragma once

#include "tree/absence_tree.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::tree {

// The error of a path on a file system that is not mounted here.
inline constexpr int kNotMounted = ENODEV;

// Directories on which this root would have a file system of files, by /etc/fstab and the mount
// units of /etc/systemd/system, and which have nothing in them. Sorted.
[[nodiscard]] std::vector<std::string> unmounted_directories(const Tree& tree);

// Gives kNotMounted instead of ENOENT for such a directory, what leads to it and what lies below
// it.
class UnmountedTree final : public AbsenceTree {
 public:
  UnmountedTree(const Tree& tree, std::vector<std::string> directories);

 private:
  [[nodiscard]] int absence(std::string_view path) const override;

  std::vector<std::string> directories_;
};

}  // namespace stackaudit::tree

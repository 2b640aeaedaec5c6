// A part of a root file system, such as a checkout of its /etc or the files that an image gets:
// what lies in a place that the part does not hold is unknown, not missing.
#pragma once

#include "tree/absence_tree.hpp"

#include <string>
#include <vector>

namespace stackaudit::tree {

// Gives kNotInFragment instead of ENOENT for a path whose absence from the part says nothing: the
// directory that would hold it is not there, or is one that many packages fill ("/var/log"), or
// the path is one that somebody else than the part's owner brings. Where the part has no accounts,
// its owners and modes are those of a checkout: everything is shown as root's, readable by all.
class FragmentTree final : public AbsenceTree {
 public:
  // Patterns of fnmatch(3) of paths that packages or operators bring; a star matches slashes, too.
  // They count for nothing below /etc where /etc/passwd is there: that is a machine's whole /etc.
  FragmentTree(const Tree& part, std::vector<std::string> brought);

  // Whether the tree is only a part: no system works without its programs in /usr or /bin, and
  // none that has settings is without /etc/passwd and a shell. An unpacked package is one, too.
  [[nodiscard]] static bool is_fragment(const Tree& tree);

  Result<Stat> lstat(std::string_view path) const override;
  Result<Acl> acl(std::string_view path) const override;

 private:
  [[nodiscard]] int absence(std::string_view path) const override;

  std::vector<std::string> brought_;
  bool has_accounts_ = false;
};

}  // namespace stackaudit::tree

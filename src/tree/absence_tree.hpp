// A tree in which that a path is not there may mean something else than that nobody has it.
#pragma once

#include "tree/tree.hpp"

#include <cerrno>

namespace stackaudit::tree {

// Every question goes to the tree below; only its "no such file" is asked about once more.
class AbsenceTree : public Tree {
 public:
  // The tree below must outlive this one.
  explicit AbsenceTree(const Tree& under) : under_(under) {}

  Result<Stat> lstat(std::string_view path) const override {
    return judged(under_.lstat(path), path);
  }
  Result<std::string> read(std::string_view path, std::size_t limit) const final {
    return judged(under_.read(path, limit), path);
  }
  Result<std::string> readlink(std::string_view path) const final {
    return judged(under_.readlink(path), path);
  }
  Result<std::vector<std::string>> list(std::string_view path) const final {
    return judged(under_.list(path), path);
  }
  Result<Acl> acl(std::string_view path) const override { return judged(under_.acl(path), path); }

 protected:
  // The error of a path that the tree below does not have: ENOENT, or a better word for it.
  [[nodiscard]] virtual int absence(std::string_view path) const = 0;

  template <class T>
  [[nodiscard]] Result<T> judged(Result<T> answer, std::string_view path) const {
    if (answer || answer.error() != ENOENT) return answer;
    return Error{absence(path)};
  }

  const Tree& under_;  // NOLINT(cppcoreguidelines-non-private-member-variables-in-classes)
};

}  // namespace stackaudit::tree

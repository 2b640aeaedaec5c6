// The file system of this machine, or a directory that holds a root file system.
#pragma once

#include "tree/tree.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace stackaudit::tree {

// Opens below the directory with openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), or, where the
// kernel or a seccomp filter lacks it (ENOSYS, EPERM), walking one component at a time with
// O_NOFOLLOW. Only regular files are opened for reading, without blocking, without changing atime
// where that is permitted. In procfs and sysfs directories look empty and reading gives ENXIO.
class HostTree final : public Tree {
 public:
  enum class Lookup : std::uint8_t { automatic, component_walk };  // the second for tests

  // The directory must exist and be searchable: otherwise its errno.
  static Result<std::unique_ptr<HostTree>> open(const std::string& directory,
                                                Lookup lookup = Lookup::automatic);
  ~HostTree() override;

  Result<Stat> lstat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> readlink(std::string_view path) const override;
  Result<std::vector<std::string>> list(std::string_view path) const override;
  Result<Acl> acl(std::string_view path) const override;
  Result<std::uint64_t> file_capabilities(std::string_view path) const override;

 private:
  HostTree(int root, bool openat2) : root_(root), openat2_(openat2) {}

  int root_;  // O_PATH descriptor of the directory
  bool openat2_;
};

}  // namespace stackaudit::tree

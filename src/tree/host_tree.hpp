// The file system of this machine, or a directory that holds a root file system.
#pragma once

#include "tree/tree.hpp"

#include <atomic>
#include <cstdint>
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
  HostTree(int root, bool openat2);

  // Where the system calls find a file: by its last name, in an open directory.
  struct Seat {
    int directory;  // O_PATH; good until the thread has asked for some others
    std::string name;
  };
  [[nodiscard]] Result<Seat> seat(std::string_view path) const;
  [[nodiscard]] static std::string in_proc(const Seat& seat);
  [[nodiscard]] Result<int> directory_fd(std::string_view path) const;
  // Files of procfs and sysfs are questions to the kernel, some of which have effects.
  template <class Open>
  [[nodiscard]] bool asks_the_kernel(std::uint64_t device, Open open) const;

  int root_;  // O_PATH descriptor of the directory
  bool openat2_;
  std::uint64_t serial_;                                   // among all trees that there were
  mutable std::atomic<std::uint64_t> harmless_device_{0};  // the last one that was looked at
};

}  // namespace stackaudit::tree

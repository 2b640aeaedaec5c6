// A file system as evidence: the one read-only interface to the audited world. Its twins are
// HostTree (host_tree.hpp), MemoryTree (memory_tree.hpp) and the decorator CachingTree.
// Nothing here writes, executes, or opens anything but regular files.
#pragma once

#include "tree/result.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::tree {

enum class FileType : std::uint8_t {
  regular,
  directory,
  symlink,
  socket,
  fifo,
  char_device,
  block_device
};

struct Stat {
  FileType type = FileType::regular;
  std::uint32_t mode = 0;  // permission bits with setuid, setgid and sticky: st_mode & 07777
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;    // bytes
  std::uint64_t device = 0;  // device and inode tell whether two names are one file
  std::uint64_t inode = 0;
  std::int64_t modified = 0;  // seconds since 1970

  friend bool operator==(const Stat&, const Stat&) = default;
};

// One entry of a POSIX access ACL, as acl(5) has them.
struct AclEntry {
  enum class Tag : std::uint8_t { user_owner, user, group_owner, group, mask, other };
  Tag tag = Tag::other;
  std::uint32_t id = 0;     // uid or gid of `user` and `group` entries
  std::uint8_t rights = 0;  // 4 read, 2 write, 1 search or execute

  friend bool operator==(const AclEntry&, const AclEntry&) = default;
};
using Acl = std::vector<AclEntry>;

// Every path is absolute inside the root ("/etc/nginx/nginx.conf") and canonical: no ".", "..",
// doubled slash, and no symlink but, at most, the last component. resolve.hpp makes such paths out
// of what configurations contain. A path that breaks this gives ELOOP or ENOENT, never a file
// outside the root. All functions may be called from several threads at once.
class Tree {
 public:
  Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  virtual ~Tree() = default;

  // The file itself, a symlink not followed.
  virtual Result<Stat> lstat(std::string_view path) const = 0;
  // The content of a regular file. EFBIG when it has more than limit bytes, EISDIR for a directory,
  // ENXIO for a socket, FIFO or device, which are never opened.
  virtual Result<std::string> read(std::string_view path, std::size_t limit) const = 0;
  // The target of a symlink as it is written; EINVAL for anything else.
  virtual Result<std::string> readlink(std::string_view path) const = 0;
  // The names in a directory without "." and "..", sorted bytewise.
  virtual Result<std::vector<std::string>> list(std::string_view path) const = 0;
  // The canonical path of the directory behind any absolute path, for a tree that remembers them;
  // an error says nothing: resolve.hpp finds out.
  virtual Result<std::string> directory(std::string_view) const { return Error{ENOSYS}; }
  // The access ACL; empty where the mode bits say everything.
  virtual Result<Acl> acl(std::string_view path) const = 0;
  // The capabilities that a program file lends to whoever runs it (the permitted set of
  // security.capability, bit N for capability N); 0 for most files.
  virtual Result<std::uint64_t> file_capabilities(std::string_view) const {
    return std::uint64_t{0};
  }
};

// What an audit may read at most of one file, in bytes. Larger ones become blind spots.
inline constexpr std::size_t kReadLimit = 16U << 20U;

}  // namespace stackaudit::tree

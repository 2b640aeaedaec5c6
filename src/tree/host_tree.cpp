// Every file is first looked at, which touches nothing; only a regular file or a directory is then
// opened, and must still be the same file.
#include "tree/host_tree.hpp"

#include "tree/posix_acl.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utility>

namespace stackaudit::tree {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// A canonical path below the root as the system calls want it: relative, "." for the root itself.
Result<std::string> relative(std::string_view path) {
  if (path.size() >= PATH_MAX) return Error{ENAMETOOLONG};
  if (path == "/") return std::string(".");
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) return Error{ENOENT};
  std::string_view rest = path.substr(1);
  while (true) {
    const auto slash = rest.find('/');
    const auto name = rest.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return Error{ENOENT};
    if (slash == std::string_view::npos) return std::string(path.substr(1));
    rest.remove_prefix(slash + 1);
  }
}

int open_beneath(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

// The same, one component at a time.
int open_walking(int root, const std::string& path, int flags) {
  Descriptor directory(-1);
  int at = root;
  std::size_t begin = 0;
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
    const auto name = path.substr(begin, slash - begin);
    Descriptor next(::openat(at, name.c_str(), O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
    if (!next) {
      struct stat info {};
      if (errno == ENOTDIR && ::fstatat(at, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
        errno = S_ISLNK(info.st_mode) ? ELOOP : ENOTDIR;
      return -1;
    }
    directory = std::move(next);
    at = directory.get();
    begin = slash + 1;
  }
  return ::openat(at, path.c_str() + begin, flags);
}

Result<Descriptor> open_in(int root, bool openat2, std::string_view path, int flags) {
  const auto name = relative(path);
  if (!name) return Error{name.error()};
  flags |= O_NOFOLLOW | O_CLOEXEC;
  int fd = openat2 ? open_beneath(root, name->c_str(), flags) : open_walking(root, *name, flags);
  if (fd < 0) return Error{errno};
  return Descriptor(fd);
}

FileType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return FileType::directory;
    case S_IFLNK:
      return FileType::symlink;
    case S_IFSOCK:
      return FileType::socket;
    case S_IFIFO:
      return FileType::fifo;
    case S_IFCHR:
      return FileType::char_device;
    case S_IFBLK:
      return FileType::block_device;
    default:
      return FileType::regular;
  }
}

Stat to_stat(const struct stat& info) {
  Stat stat;
  stat.type = type_of(info.st_mode);
  stat.mode = info.st_mode & 07777U;
  stat.uid = info.st_uid;
  stat.gid = info.st_gid;
  stat.size = static_cast<std::uint64_t>(info.st_size);
  stat.device = info.st_dev;
  stat.inode = info.st_ino;
  stat.modified = info.st_mtim.tv_sec;
  return stat;
}

Result<Stat> stat_of(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return Error{errno};
  return to_stat(info);
}

Result<Stat> stat_at(int directory, const std::string& name) {
  struct stat info {};
  if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return Error{errno};
  return to_stat(info);
}

// Descriptors of directories outlive trees: each tree has its number.
std::atomic<std::uint64_t> trees_made{0};

Result<std::string> read_all(int fd, std::size_t expected, std::size_t limit) {
  std::string content;
  std::size_t length = 0;
  content.resize(std::min(expected, limit) + 1);
  while (true) {
    const auto got = ::read(fd, content.data() + length, content.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{errno};
    if (got == 0) break;
    const bool short_of = static_cast<std::size_t>(got) < content.size() - length;
    length += static_cast<std::size_t>(got);
    if (length > limit) return Error{EFBIG};
    if (short_of && length == expected) break;  // the end: no need to ask whether there is more
    if (length == content.size()) content.resize(std::min(length * 2, limit + 1));
  }
  content.resize(length);
  return content;
}

std::string name_in_proc(int fd) {
  return "/proc/self/fd/" + std::to_string(fd);
}

}  // namespace

Result<std::unique_ptr<HostTree>> HostTree::open(const std::string& directory, Lookup lookup) {
  Descriptor root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return Error{errno};
  struct stat info {};
  if (::fstatat(root.get(), ".", &info, 0) != 0) return Error{errno};
  bool openat2 = lookup == Lookup::automatic;
  if (openat2) openat2 = Descriptor(open_beneath(root.get(), ".", O_PATH | O_CLOEXEC)).get() >= 0;
  return std::unique_ptr<HostTree>(new HostTree(root.release(), openat2));
}

HostTree::HostTree(int root, bool openat2)
    : root_(root), openat2_(openat2), serial_(++trees_made) {}

HostTree::~HostTree() {
  ::close(root_);
}

// A few directories are asked about in turn: a script's, its program's, their parents.
Result<int> HostTree::directory_fd(std::string_view path) const {
  struct Opened {
    std::uint64_t serial = 0;  // of no tree
    std::string path;
    Descriptor fd{-1};
  };
  thread_local std::array<Opened, 8> opened;
  thread_local std::size_t oldest = 0;
  for (const auto& one : opened)
    if (one.serial == serial_ && one.path == path) return one.fd.get();
  auto fd = open_in(root_, openat2_, path, O_PATH | O_DIRECTORY);
  if (!fd) return Error{fd.error()};
  auto& last = opened[oldest];
  oldest = (oldest + 1) % opened.size();
  last = {serial_, std::string(path), *std::move(fd)};
  return last.fd.get();
}

Result<HostTree::Seat> HostTree::seat(std::string_view path) const {
  if (path == "/") return Seat{root_, "."};
  const auto name = relative(path);
  if (!name) return Error{name.error()};
  const auto slash = path.rfind('/');
  if (const auto fd = directory_fd(slash == 0 ? "/" : path.substr(0, slash)))
    return Seat{*fd, std::string(path.substr(slash + 1))};
  const auto file = open_in(root_, openat2_, path, O_PATH);
  return Error{file ? EAGAIN : file.error()};
}

// `open` gives a descriptor of the file, which is needed once for a file system.
template <class Open>
bool HostTree::asks_the_kernel(std::uint64_t device, Open open) const {
  if (harmless_device_ == device) return false;
  const Descriptor file(open());
  struct statfs info {};
  if (!file || ::fstatfs(file.get(), &info) != 0) return false;
  if (info.f_type == PROC_SUPER_MAGIC || info.f_type == SYSFS_MAGIC) return true;
  harmless_device_ = device;
  return false;
}

Result<Stat> HostTree::lstat(std::string_view path) const {
  const auto at = seat(path);
  if (!at) return Error{at.error()};
  return stat_at(at->directory, at->name);
}

Result<std::string> HostTree::read(std::string_view path, std::size_t limit) const {
  const auto at = seat(path);
  if (!at) return Error{at.error()};
  const auto stat = stat_at(at->directory, at->name);
  if (!stat) return Error{stat.error()};
  if (stat->type == FileType::directory) return Error{EISDIR};
  if (stat->type == FileType::symlink) return Error{ELOOP};
  const auto open = [&](int flags) {
    return ::openat(at->directory, at->name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
  };
  if (stat->type != FileType::regular ||
      asks_the_kernel(stat->device, [&] { return open(O_PATH); }))
    return Error{ENXIO};
  if (stat->size > limit) return Error{EFBIG};

  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
  Descriptor file(open(kFlags | O_NOATIME));
  if (!file && errno == EPERM) file = Descriptor(open(kFlags));
  if (!file) return Error{errno};
  const auto opened = stat_of(file.get());
  if (!opened) return Error{opened.error()};
  if (opened->device != stat->device || opened->inode != stat->inode) return Error{EAGAIN};
  return read_all(file.get(), opened->size, limit);
}

Result<std::string> HostTree::readlink(std::string_view path) const {
  const auto at = seat(path);
  if (!at) return Error{at.error()};
  std::string target(PATH_MAX, '\0');
  const auto length = ::readlinkat(at->directory, at->name.c_str(), target.data(), target.size());
  if (length < 0) return Error{errno};
  target.resize(static_cast<std::size_t>(length));
  return target;
}

Result<std::vector<std::string>> HostTree::list(std::string_view path) const {
  const auto at = seat(path);
  if (!at) return Error{at.error()};
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Descriptor readable(::openat(at->directory, at->name.c_str(), kFlags));
  if (!readable) return Error{errno};
  const auto stat = stat_of(readable.get());
  if (!stat) return Error{stat.error()};
  std::vector<std::string> names;
  if (asks_the_kernel(stat->device, [&] { return ::dup(readable.get()); })) return names;

  DIR* stream = ::fdopendir(readable.get());
  if (stream == nullptr) return Error{errno};
  readable.release();
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int failed = errno;
  ::closedir(stream);
  if (failed != 0) return Error{failed};
  std::ranges::sort(names);
  return names;
}

std::string HostTree::in_proc(const Seat& seat) {
  return name_in_proc(seat.directory) + "/" + seat.name;
}

// A file open with O_PATH alone, or the seat of one, has no attributes but by its name in /proc.
Result<Acl> HostTree::acl(std::string_view path) const {
  const auto at = seat(path);
  if (!at) return Error{at.error()};
  if (::lgetxattr(in_proc(*at).c_str(), "system.posix_acl_access", nullptr, 0) < 0 &&
      (errno == ENODATA || errno == ENOTSUP))
    return Acl{};
  const auto seen = open_in(root_, openat2_, path, O_PATH);
  if (!seen) return Error{seen.error()};
  const auto stat = stat_of(seen->get());
  if (!stat) return Error{stat.error()};
  if (stat->type == FileType::symlink) return Acl{};
  auto by_name = acl_by_name(name_in_proc(seen->get()));
  if (by_name || by_name.error() != ENOENT) return by_name;
  if (stat->type != FileType::directory && stat->type != FileType::regular) return Acl{};
  const auto file = open_in(root_, openat2_, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return Error{file.error()};
  return acl_of_open(file->get());
}

// struct vfs_cap_data of linux/capability.h: magic, then pairs of permitted and inheritable.
Result<std::uint64_t> HostTree::file_capabilities(std::string_view path) const {
  const auto at = seat(path);
  if (!at) return Error{at.error()};
  std::array<unsigned char, 24> data{};
  const auto size =
      ::lgetxattr(in_proc(*at).c_str(), "security.capability", data.data(), data.size());
  if (size < 12) return std::uint64_t{0};
  const auto word = [&](std::size_t at_byte) {
    std::uint64_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8U | data[at_byte + i];
    return value;
  };
  return word(4) | (size >= 20 ? word(12) << 32U : 0);
}

}  // namespace stackaudit::tree

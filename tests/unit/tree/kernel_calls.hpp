// What the kernel answers one identity about the files of a directory: a child inside it by chroot
// takes on the ids, groups and capabilities for each call, and undoes what it made. Needs root.
#pragma once

#include "tree/access.hpp"

#include <cerrno>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace stackaudit::tree {

constexpr unsigned kAll = 0xffffffff;  // capabilities

struct Question {
  Operation operation;
  std::string path;
  std::string made;         // canonical path of what the model says would be created or renamed
  bool other_call = false;  // unlink instead of rename, bind instead of mkdir
};

inline void set_effective(std::uint32_t capabilities) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) ::_exit(3);
  data[0].effective = data[0].permitted & capabilities;
  data[1].effective = capabilities == kAll ? data[1].permitted : 0;
  if (::syscall(SYS_capset, &header, data) != 0) ::_exit(3);
}

// Switches the effective identity for one call, so that the same process can clean up as root.
class Mask {
 public:
  explicit Mask(const Principal& who) {
    const std::vector<gid_t> groups(who.groups.begin(), who.groups.end());
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setresgid(0, who.gid, 0) != 0 ||
        ::setresuid(0, who.uid, 0) != 0)
      ::_exit(3);
    if (who.capabilities == Capabilities::all()) return;
    std::uint32_t capabilities = 0;
    if (who.capabilities.dac_override) capabilities |= 1U << CAP_DAC_OVERRIDE;
    if (who.capabilities.dac_read_search) capabilities |= 1U << CAP_DAC_READ_SEARCH;
    if (who.capabilities.fowner) capabilities |= 1U << CAP_FOWNER;
    set_effective(capabilities);
  }
  ~Mask() {
    set_effective(kAll);
    if (::setresuid(0, 0, 0) != 0 || ::setresgid(0, 0, 0) != 0) ::_exit(3);
  }
  Mask(const Mask&) = delete;
  Mask& operator=(const Mask&) = delete;
};

inline int outcome(int result) {
  return result < 0 ? errno : 0;
}

inline int try_open(const Principal& who, const std::string& path, int flags,
                    const std::string& made) {
  int fd = -1, error = 0;
  {
    const Mask mask(who);
    fd = ::open(path.c_str(), flags | O_NONBLOCK | O_NOCTTY, 0600);
    error = outcome(fd);
  }
  if (fd >= 0) ::close(fd);
  if (fd >= 0 && !made.empty() && ::unlink(made.c_str()) != 0) return ENOTRECOVERABLE;
  return error;
}

// `call` is ::connect or ::bind.
template <class Call>
inline int on_socket(const Principal& who, const std::string& path, Call call) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  int error = 0;
  {
    const Mask mask(who);
    error = outcome(call(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  ::close(fd);
  return error;
}

inline int try_connect(const Principal& who, const std::string& path, bool is_socket) {
  const int error = on_socket(who, path, ::connect);
  return error == ECONNREFUSED && is_socket ? 0 : error;  // nobody listens, but it was let through
}

// Back under its canonical name: the link that the path led through may be what was renamed.
inline int try_rename(const Principal& who, const std::string& path, const std::string& canonical) {
  const auto other = std::string(dirname(path)) + "/renamed";
  const auto moved = std::string(dirname(canonical)) + "/renamed";
  int error = 0;
  {
    const Mask mask(who);
    error = outcome(::rename(path.c_str(), other.c_str()));
  }
  if (error == 0 && ::rename(moved.c_str(), canonical.c_str()) != 0) return ENOTRECOVERABLE;
  return error;
}

// The file keeps its second name meanwhile.
inline int try_unlink(const Principal& who, const std::string& path, const std::string& canonical) {
  const auto kept = std::string(dirname(canonical)) + "/kept";
  if (::link(canonical.c_str(), kept.c_str()) != 0) return ENOTRECOVERABLE;
  int error = 0;
  {
    const Mask mask(who);
    error = outcome(::unlink(path.c_str()));
  }
  if (error == 0) return ::rename(kept.c_str(), canonical.c_str()) == 0 ? 0 : ENOTRECOVERABLE;
  return ::unlink(kept.c_str()) == 0 ? error : ENOTRECOVERABLE;
}

inline int try_bind(const Principal& who, const std::string& path) {
  const int error = on_socket(who, path, ::bind);
  return error == 0 && ::unlink(path.c_str()) != 0 ? ENOTRECOVERABLE : error;
}

inline int try_mkdir(const Principal& who, const std::string& path) {
  int error = 0;
  {
    const Mask mask(who);
    error = outcome(::mkdir(path.c_str(), 0700));
  }
  if (error == 0 && ::rmdir(path.c_str()) != 0) return ENOTRECOVERABLE;
  return error;
}

inline int ask_kernel(const Principal& who, const Question& question) {
  const auto* path = question.path.c_str();
  struct stat info {};
  switch (question.operation) {
    case Operation::read:
      return try_open(who, question.path, O_RDONLY, {});
    case Operation::write:
      return try_open(who, question.path, O_WRONLY, {});
    case Operation::append:
      return try_open(who, question.path, O_WRONLY | O_APPEND | O_CREAT, question.made);
    case Operation::connect: {
      const bool is_socket = ::stat(path, &info) == 0 && S_ISSOCK(info.st_mode);
      return try_connect(who, question.path, is_socket);
    }
    case Operation::create:
      return question.other_call ? try_bind(who, question.path) : try_mkdir(who, question.path);
    case Operation::replace:
      return question.other_call ? try_unlink(who, question.path, question.made)
                                 : try_rename(who, question.path, question.made);
    case Operation::search: {
      int error = 0;
      {
        const Mask mask(who);
        error = outcome(::chdir(path));
      }
      return ::chdir("/") != 0 ? ENOTRECOVERABLE : error;
    }
    default: {
      const Mask mask(who);
      return outcome(::stat(path, &info));
    }
  }
}

inline std::vector<int> ask_kernel(const std::string& root, const Principal& who,
                                   const std::vector<Question>& questions) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chroot(root.c_str()) != 0 || ::chdir("/") != 0) ::_exit(2);
    ::umask(0);
    std::vector<int> answers;
    for (const auto& question : questions) answers.push_back(ask_kernel(who, question));
    const auto size = answers.size() * sizeof(int);
    ::_exit(::write(pipe[1], answers.data(), size) == static_cast<ssize_t>(size) ? 0 : 2);
  }
  ::close(pipe[1]);
  std::vector<int> answers(questions.size());
  const auto got = ::read(pipe[0], answers.data(), answers.size() * sizeof(int));
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0 || got != static_cast<ssize_t>(answers.size() * sizeof(int)))
    throw std::runtime_error("the child could not take on its identity: status " +
                             std::to_string(status));
  return answers;
}

}  // namespace stackaudit::tree

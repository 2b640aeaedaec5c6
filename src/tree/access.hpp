// May this process do that to this path? Computed as Linux computes it: search on every directory
// of the path (those of symlink targets too), then the operation on the end; owner, group and other
// class, POSIX ACL and mask (acl(5)), sticky directories, capabilities, and the sysctls that
// protect sticky directories. What Linux Security Modules or read-only mounts add is not known
// here.
#pragma once

#include "tree/accounts.hpp"
#include "tree/resolve.hpp"
#include "tree/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::tree {

enum class Operation : std::uint8_t {
  stat,     // search on the way, nothing on the end
  read,     // open for reading; on a directory: list it
  write,    // open an existing file for writing
  search,   // enter a directory (chdir, or use it on the way)
  connect,  // connect to an existing unix socket: write
  append,   // open for appending, created when missing: logs
  create,   // a new name in a directory, bind of a unix socket, mkdir; a name that is there already
            // is not held against it
  replace,  // rename over or unlink the name, sticky directories considered
};

// The word that reports use: "read", "append", ...
[[nodiscard]] std::string_view operation_name(Operation operation);
// The operation of such a word.
[[nodiscard]] std::optional<Operation> operation_named(std::string_view word);

struct Verdict {
  int error = 0;          // 0: allowed; EACCES, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EISDIR, EPERM
                          // (sticky), ENXIO (open of a socket), ECONNREFUSED (connect to no socket)
  std::string path;       // canonical path of the file that is opened, as far as it resolves
  std::string component;  // on error: the component that refuses or is missing
  Stat component_stat;    // on EACCES and EPERM: of that component
  // On EACCES and EPERM, which entry decided and what it lacks, for people:
  // "group www-data has ---, r needed (mode 0604, root:www-data)".
  std::string why;
  bool blind = false;       // the auditor itself could not look; error is then the auditor's errno
  std::vector<Step> steps;  // as in Resolution

  explicit operator bool() const { return error == 0; }
};

// The sysctls fs.protected_symlinks, fs.protected_regular and fs.protected_fifos
// (Documentation/admin-guide/sysctl/fs.rst), as systemd and procps of Debian set them.
struct Protection {
  bool symlinks = true;
  int regular = 2;
  int fifos = 1;
};

[[nodiscard]] Verdict may(const Tree& tree, const Accounts& accounts, const Principal& who,
                          Operation operation, std::string_view path,
                          const Protection& protection = {});

// The rights (4 read, 2 write, 1 search) that the entries of one file give to a process, neither
// path nor capabilities considered. acl may be empty. Each right is judged alone: group entries of
// an ACL that give one right each do not give both at once.
[[nodiscard]] std::uint8_t rights_of(const Principal& who, const Stat& stat, const Acl& acl);

}  // namespace stackaudit::tree

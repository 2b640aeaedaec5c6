// POSIX access ACLs of files, through libacl.
#pragma once

#include "tree/tree.hpp"

#include <string>

namespace stackaudit::tree {

// Empty where the mode bits are all there is, or the file system has no ACLs; otherwise the errno
// of the library. A link is followed.
[[nodiscard]] Result<Acl> acl_by_name(const std::string& name);

// The same of a file that is open for reading.
[[nodiscard]] Result<Acl> acl_of_open(int fd);

}  // namespace stackaudit::tree

// Path resolution as the kernel does it, inside the root of a Tree: ".", "..", symlinks (absolute
// ones restart at the root of the tree), the limit of 40 links, a trailing slash.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::tree {

// One file that was looked up on the way, in order; the root directory is the first. A directory
// stands here each time that it is searched; on success the last step is the end.
struct Step {
  std::string path;  // canonical
  Stat stat;
  bool trailing_link = false;  // a symlink that was followed as the last name of what is opened
};

struct Resolution {
  // 0, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EISDIR (LastLink::make); EACCES where the *auditor*
  // may not look.
  int error = 0;
  std::string path;      // canonical path of the end; on error of the component that failed
  Stat stat;             // of the end; meaningless on error
  std::string dangling;  // on ENOENT behind a symlink: the last symlink followed, else empty
  // On ENOENT: only the last name is missing; the directory that would hold it is the last step.
  bool end_missing = false;

  explicit operator bool() const { return error == 0; }
};

// With the way there.
struct Walked : Resolution {
  std::vector<Step> steps;  // every directory searched, every symlink followed, and the end
};

enum class LastLink : std::uint8_t {
  follow,
  keep,
  make  // follow, as an open that may make the file: EISDIR behind a link to "name/"
};

// The path must be absolute. Where the tree remembers directories, only the last name is looked up.
[[nodiscard]] Resolution resolve(const Tree& tree, std::string_view path,
                                 LastLink last = LastLink::follow);
// The same, each component looked up and told.
[[nodiscard]] Walked walk(const Tree& tree, std::string_view path,
                          LastLink last = LastLink::follow);

// Lexical helpers. join("/etc/nginx", "a/b") is "/etc/nginx/a/b"; an absolute name stays as it is.
[[nodiscard]] std::string join(std::string_view directory, std::string_view name);
// Without ".", "..", doubled and trailing slashes, symlinks not considered; "/" for the root.
[[nodiscard]] std::string normalize(std::string_view path);
[[nodiscard]] std::string_view dirname(std::string_view path);  // "/" for "/" and "/a"
[[nodiscard]] std::string_view basename(std::string_view path);
// Whether path is directory itself or lies below it, lexically.
[[nodiscard]] bool is_within(std::string_view path, std::string_view directory);

// resolve, then read: for any path, links followed.
[[nodiscard]] Result<std::string> read_file(const Tree& tree, std::string_view path,
                                            std::size_t limit = kReadLimit);
// resolve, then list.
[[nodiscard]] Result<std::vector<std::string>> list_directory(const Tree& tree,
                                                              std::string_view path);

}  // namespace stackaudit::tree

// A tree in memory, for tests and rule cases: one line per file says all that stat would.
#pragma once

#include "tree/tree.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace stackaudit::tree {

class MemoryTree final : public Tree {
 public:
  MemoryTree();

  // Adds one file from a line such as
  //   "/etc/nginx/nginx.conf 0644 root:root"          a regular file
  //   "/etc/nginx 0755 root:root dir"                 a directory
  //   "/run/php/app.sock 0660 33:33 socket"           numeric ids are as good as names
  //   "/etc/nginx/sites-enabled/a -> ../a"            a symlink (mode 0777 root:root)
  //   "/etc/nginx/sites-enabled/a 0777 ann:ann -> ../a"  a symlink of somebody else
  //   "/srv/a 0600 root:root acl u:www-data:r,m::r"   an ACL in setfacl's short form
  //   "/usr/bin/php 0755 root:root caps 7"            capabilities of the file, by number
  // Names are looked up in /etc/passwd and /etc/group *of this tree*, which start with
  // root, daemon, www-data (33), nobody (65534; group nogroup) and can be replaced by adding these
  // files first. Parents that are missing are made 0755 root:root. Adding a path again replaces it.
  // Throws std::invalid_argument, with the line, on anything else: this is for tests.
  void add(std::string_view line, std::string_view content = {});
  void remove(std::string_view path);

  Result<Stat> lstat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> readlink(std::string_view path) const override;
  Result<std::vector<std::string>> list(std::string_view path) const override;
  Result<Acl> acl(std::string_view path) const override;
  Result<std::uint64_t> file_capabilities(std::string_view path) const override;

 private:
  struct Node {
    Stat stat;
    std::string content;  // or a symlink's target
    Acl acl;
    std::uint64_t capabilities = 0;
  };
  std::map<std::string, Node, std::less<>> nodes_;
};

}  // namespace stackaudit::tree

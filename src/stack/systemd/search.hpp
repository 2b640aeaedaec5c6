// Where systemd finds units, drop-ins, aliases and enablement: systemd.unit(5), "Unit File Load
// Path".
#pragma once

#include "tree/tree.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

class UnitSearch {
 public:
  // Lists the directories of the load path that exist.
  explicit UnitSearch(const tree::Tree& tree);

  struct Fragment {
    std::string path;  // canonical; of a masked unit the link or the empty file
    bool masked = false;
    bool dangling = false;  // a link to nowhere: it hides the unit of the same name further on
    std::string alias_of;   // "mariadb.service" where the name is a link to another unit
  };

  // Names of all services: files, links, and instances of templates that something wants.
  [[nodiscard]] std::set<std::string> service_names() const;
  // What boot wants, by name, with the link that says so, and of which no unit file is there.
  [[nodiscard]] std::map<std::string, std::string, std::less<>> wanted_in_vain() const;
  // Names of the templates, "queue@.service".
  [[nodiscard]] std::set<std::string> template_names() const;
  // The fragment in effect for a name; an instance falls back to its template. Empty path: none.
  [[nodiscard]] Fragment fragment(std::string_view name) const;
  // Drop-in files in the order in which they are read, for a unit known by these names.
  [[nodiscard]] std::vector<std::string> drop_ins(const std::vector<std::string>& names) const;
  // Whether a .wants or .requires directory of a target pulls it in.
  [[nodiscard]] bool wanted_at_boot(const std::vector<std::string>& names) const;
  [[nodiscard]] bool empty() const { return directories_.empty(); }

  // Directories of the load path that the auditor may not list, with the errno.
  struct Unreadable {
    std::string path;
    int error = 0;
  };
  [[nodiscard]] const std::vector<Unreadable>& unreadable() const { return unreadable_; }

 private:
  struct Directory {
    std::string path;  // canonical
    std::vector<std::string> names;
  };

  const tree::Tree& tree_;
  std::vector<Directory> directories_;
  std::vector<Unreadable> unreadable_;
  // Names in *.wants and *.requires of targets, each with the first path.
  std::map<std::string, std::string, std::less<>> wanted_;
};

// "php8.2-fpm.service" gives "php8.2-.service"; "a@b.service" its template and prefixes: the names
// whose .d directories apply besides the unit's own. "service" (the type) comes last.
[[nodiscard]] std::vector<std::string> drop_in_names(std::string_view name);

}  // namespace stackaudit::stack

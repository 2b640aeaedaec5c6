// What the options of a WordPress were when its database was last written to disk: the plugins and
// the theme that are active stand nowhere else.
#pragma once

#include "tree/tree.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// Every value that is still in the pages of the table, those of before among them: what is not here
// was not active for some time; what is here may be of yesterday.
struct StoredOptions {
  bool known = false;                        // the list of plugins was found
  std::set<std::string> plugins;             // "akismet/akismet.php"
  std::vector<std::set<std::string>> lists;  // the same, as they were active at one time
  std::set<std::string> themes;      // names that the directory of the active theme may have
  std::set<std::string> parents;     // likewise of the theme with its templates
  std::set<std::string> permalinks;  // structures of the addresses; "": plain ones
};

// Of the InnoDB table DATABASE/PREFIXoptions of the MariaDB or MySQL of this machine; nothing is
// known where it cannot be read, is compressed or too large.
[[nodiscard]] StoredOptions stored_options(const tree::Tree& tree, std::string_view database,
                                           std::string_view prefix);

}  // namespace stackaudit::stack

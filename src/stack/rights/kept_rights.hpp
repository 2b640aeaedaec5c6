// What a file's mode and group must be so that a right can be taken from some and those who need
// the file still have theirs.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack {

// Who needs which rights (4 read, 2 write, 1 search or execute).
struct Need {
  tree::Principal who;
  std::uint32_t rights = 0;
};

// What processes other than root's were foretold to do with a path, from `access`. Looked up when
// the first path is asked for.
class Needs {
 public:
  explicit Needs(const Survey& survey) : survey_(survey) {}
  [[nodiscard]] std::vector<Need> of(const std::string& path);

 private:
  void gather();
  const Survey& survey_;
  bool gathered_ = false;
  using Identity = std::pair<std::uint32_t, std::uint32_t>;                       // uid and gid
  std::map<std::string, std::map<Identity, std::uint32_t>, std::less<>> rights_;  // by path
};

struct KeptRights {
  std::optional<std::uint32_t> mode;  // none: no mode and group will do
  std::uint32_t gid = 0;
};

// `after` is the file with what is to be taken away. Gives the mode and the group with which each
// of `needs` has what he needs and had before, while nobody gains a right and nobody loses one that
// its present group gives him.
[[nodiscard]] KeptRights kept_rights(const tree::Accounts& accounts, const tree::Stat& before,
                                     const tree::Stat& after, const tree::Acl& acl,
                                     const std::vector<Need>& needs);

}  // namespace stackaudit::stack

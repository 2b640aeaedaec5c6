// The smallest change that lets a refused process through, tried out in the access model: what it
// gives to the process and what it would give to others.
#pragma once

#include "tree/access.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

struct Grant {
  std::string words;                  // "chmod 0640 /srv/a.php"; empty where nothing is known
  std::string_view kind;              // mode, group, acl; decide: the words are all there is
  std::optional<std::uint32_t> mode;  // of the component, after a change of kind mode or group
  std::string group;                  // of the component, after a change of kind group
  std::string acl;                    // entry to add, "u:www-data:r"
  std::string gains;                  // other accounts that gain a right, "deploy, backup"
};

// For a verdict of tree::may that is EACCES or EPERM. After the change the component lets the
// process through; a further component may still refuse. Of the changes that help, one is taken by
// which the fewest other accounts gain anything: the owner's or the group's bits where the process
// is the owner or in the group, another group where the group is root's, else an ACL entry for the
// user. A process without an account, as under DynamicUser=, has neither: everybody may then enter.
[[nodiscard]] Grant smallest_grant(const tree::Tree& tree, const tree::Accounts& accounts,
                                   const tree::Principal& who, tree::Operation operation,
                                   const tree::Verdict& verdict);

}  // namespace stackaudit::stack

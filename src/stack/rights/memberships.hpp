// Groups that give more than access to a few files, and who is in them.
#pragma once

#include "stack/survey.hpp"

#include <optional>
#include <set>
#include <string_view>

namespace stackaudit::stack {

struct GroupPower {
  std::string_view group;
  std::string_view gives;
  bool gives_root = false;
};

// What Debian's and others' documentation says of a group; nullptr for ordinary ones.
[[nodiscard]] const GroupPower* power_of(std::string_view group);

// The uids that requests are served with.
[[nodiscard]] std::set<std::uint32_t> worker_uids(const Survey& survey);

// Who the worker is, with the groups that it runs with; none where its uid or gid is not known.
[[nodiscard]] std::optional<tree::Principal> principal_of(const tree::Accounts& accounts,
                                                          const facts::Worker& worker);

// Whether a name is root's, or of another account with its uid.
[[nodiscard]] bool names_root(const tree::Accounts& accounts, std::string_view name);

// Whether the account is in a group that makes it root when it wants.
[[nodiscard]] bool may_become_root(const tree::Accounts& accounts, const tree::User& user);

// Fills `membership`.
void record_memberships(Survey& survey);

}  // namespace stackaudit::stack

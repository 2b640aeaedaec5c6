// The rights of a unix socket that is not there yet: as the settings of its listener will make it,
// and what to write there to let one more in.
#pragma once

#include "facts/network.hpp"
#include "tree/accounts.hpp"
#include "tree/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// The id of an account that a setting names, by its name, as "33" or as "#33"; 0 where it is none.
[[nodiscard]] std::uint32_t uid_of(const tree::Accounts& accounts, std::string_view name);
[[nodiscard]] std::uint32_t gid_of(const tree::Accounts& accounts, std::string_view name);

// Owner, group and mode.
[[nodiscard]] tree::Stat stat_of(const tree::Accounts& accounts, const facts::Listener& listener);
// Empty without listen.acl_users and listen.acl_groups.
[[nodiscard]] tree::Acl acl_of(const tree::Accounts& accounts, const facts::Listener& listener);

// What to write at listener.rights_begin, or for the address where that is not known, so that the
// user may connect and nobody else gains it: the socket is made the user's, or the user added to
// its ACL. Empty where that would not do: the owner it has is needed as well (`owner_is_used`), the
// mode gives the owner nothing, or the file is a package's.
[[nodiscard]] std::string text_that_lets_in(const tree::Accounts& accounts,
                                            const facts::Listener& listener,
                                            const std::string& user, bool owner_is_used);

}  // namespace stackaudit::stack

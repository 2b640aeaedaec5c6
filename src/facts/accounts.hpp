// Which accounts are in which groups, and what the groups give.
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct Membership : Place {  // place: the group's line, or the account's for its primary group
  std::string user;
  std::int64_t uid = 0;
  std::string group_name;
  std::int64_t gid = 0;
  bool is_primary = false;
  bool worker = false;
  std::string gives;
  bool gives_root = false;
};
template <>
struct Table<Membership> {
  static constexpr std::string_view name = "membership", doc = "An account that is in a group.";
  static constexpr auto columns = std::tuple_cat(
      place_columns<Membership>,
      std::tuple{
          Column{"user", &Membership::user, "Account.", Index::lookup},
          Column{"uid", &Membership::uid, "Its uid."},
          Column{"group_name", &Membership::group_name, "Group.", Index::lookup},
          Column{"gid", &Membership::gid, "Its gid."},
          Column{"is_primary", &Membership::is_primary, "It is the account's primary group."},
          Column{"worker", &Membership::worker, "Requests are served as this account."},
          Column{"gives", &Membership::gives,
                 "What the group lets its members do; empty where nothing special is known."},
          Column{"gives_root", &Membership::gives_root, "That is as good as being root."}});
};

}  // namespace stackaudit::facts

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
  static constexpr auto columns = with_place(std::array{
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

struct Account : Place {  // place: the line in /etc/passwd
  std::string user;
  std::int64_t uid = 0;
  std::string shell;
  bool login_shell = false;
  std::string password;
  std::optional<std::int64_t> shadow_line;
  bool worker = false;
};
template <>
struct Table<Account> {
  static constexpr std::string_view name = "account", doc = "An account of the system.";
  static constexpr auto columns = with_place(
      std::array{Column{"user", &Account::user, "Its name.", Index::lookup},
                 Column{"uid", &Account::uid, "Its uid."},
                 Column{"shell", &Account::shell, "Its shell, as the line has it."},
                 Column{"login_shell", &Account::login_shell, "The shell lets somebody in."},
                 Column{"password", &Account::password,
                        "locked, empty, set, or unknown where /etc/shadow was not read."},
                 Column{"shadow_line", &Account::shadow_line, "Line in /etc/shadow."},
                 Column{"worker", &Account::worker, "Requests are served as this account."}});
};

struct SudoRule : Place {  // place: the line of sudoers(5)
  std::string who;
  std::string commands;
  std::string root_commands;
  bool everything = false;
  bool without_password = false;
  std::string worker;
};
template <>
struct Table<SudoRule> {
  static constexpr std::string_view name = "sudo_rule",
                                    doc = "A line of sudoers that lets somebody run commands.";
  static constexpr auto columns = with_place(
      std::array{Column{"who", &SudoRule::who, "User, %group or ALL, as written.", Index::lookup},
                 Column{"commands", &SudoRule::commands,
                        "What follows the equals sign, and what its aliases stand for."},
                 Column{"root_commands", &SudoRule::root_commands,
                        "Those that are run as root, one a line, without tags and aliases."},
                 Column{"everything", &SudoRule::everything, "Any command may be run."},
                 Column{"without_password", &SudoRule::without_password, "NOPASSWD is set."},
                 Column{"worker", &SudoRule::worker,
                        "Account that serves requests and that the line is about; empty: none."}});
};

}  // namespace stackaudit::facts

// Users and groups of the audited root, read from its /etc/passwd and /etc/group, and the identity
// that a process has at a moment.
#pragma once

#include "tree/tree.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::tree {

// Where the users and the groups stand.
inline constexpr std::array<std::string_view, 2> kAccountFiles{"/etc/passwd", "/etc/group"};

struct User {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string home;
  std::string shell;
  std::uint32_t line = 0;  // in /etc/passwd, from 1
};

struct Group {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;
  std::uint32_t line = 0;  // in /etc/group, from 1
};

// The capabilities that bear on files and ports, capabilities(7).
struct Capabilities {
  bool dac_override = false;      // read, write and search anything
  bool dac_read_search = false;   // read anything, search any directory
  bool net_bind_service = false;  // bind ports below 1024
  bool chown = false;
  bool setuid = false;
  bool fowner = false;  // sticky directories do not count

  [[nodiscard]] static Capabilities all() { return {true, true, true, true, true, true}; }
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

// Who a process is when it asks the kernel for something.
struct Principal {
  std::string name;  // for people; "#1234" for a uid without an account
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  // supplementary groups, sorted
  Capabilities capabilities;

  [[nodiscard]] bool in_group(std::uint32_t group) const;
};

class Accounts {
 public:
  // Lines that cannot be read are skipped, as the C library skips them.
  [[nodiscard]] static Accounts parse(std::string_view passwd, std::string_view group);
  // From /etc/passwd and /etc/group; a missing file gives no accounts.
  [[nodiscard]] static Accounts load(const Tree& tree);

  [[nodiscard]] const User* user(std::string_view name) const;  // nullptr: no such account
  [[nodiscard]] const User* user(std::uint32_t uid) const;      // the first with this uid
  [[nodiscard]] const Group* group(std::string_view name) const;
  [[nodiscard]] const Group* group(std::uint32_t gid) const;
  [[nodiscard]] const std::vector<User>& users() const { return users_; }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }

  // The name, or "#uid" for one without an account.
  [[nodiscard]] std::string user_name(std::uint32_t uid) const;
  [[nodiscard]] std::string group_name(std::uint32_t gid) const;

  // The gids that initgroups(3) gives the user: group, and every group that lists the user. Sorted.
  [[nodiscard]] std::vector<std::uint32_t> initgroups(std::string_view user,
                                                      std::uint32_t group) const;

  // The user after setgid, initgroups and setuid, without capabilities unless uid is 0.
  // The group is the user's own where none is given.
  [[nodiscard]] Principal become(const User& user,
                                 std::optional<std::uint32_t> group = std::nullopt) const;

 private:
  std::vector<User> users_;
  std::vector<Group> groups_;
};

// root with all capabilities and no supplementary group but 0.
[[nodiscard]] Principal root_principal();

}  // namespace stackaudit::tree

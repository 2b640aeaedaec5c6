// listen.owner, listen.group, listen.mode and listen.acl_* of php-fpm; SocketUser=, SocketGroup=
// and SocketMode= of systemd.socket(5).
#include "stack/dials/socket_rights.hpp"

#include "text/words.hpp"

#include <charconv>

namespace stackaudit::stack {
namespace {

constexpr std::uint8_t kReadWrite = 6;
constexpr std::uint32_t kOwnersWrite = 0200, kGroupsWrite = 0020;

std::uint32_t number_in(std::string_view name) {
  if (name.starts_with('#')) name.remove_prefix(1);
  std::uint32_t id = 0;
  std::from_chars(name.data(), name.data() + name.size(), id);
  return id;
}

std::uint32_t mode_of(const facts::Listener& listener) {
  return static_cast<std::uint32_t>(listener.socket_mode.value_or(0));
}

// listen.acl_users with room for one more.
std::string users_of_acl(const facts::Listener& listener) {
  std::string users;
  for (const auto entry : text::words(listener.socket_acl))
    if (entry.starts_with("u:")) users.append(entry.substr(2)).append(",");
  return users;
}

// The lines of a socket unit. Without SocketGroup= the group would change with the user, and with
// it who comes in by the group.
std::string unit_lines(const tree::Accounts& accounts, const facts::Listener& listener,
                       const std::string& user) {
  if (!listener.path.starts_with("/etc/")) return {};
  const auto* owner = accounts.user(listener.socket_user);
  const bool by_user = owner != nullptr && accounts.group_name(owner->gid) == listener.socket_group;
  auto lines = listener.rights_line ? user : listener.as_written + "\nSocketUser=" + user;
  if (by_user && (mode_of(listener) & kGroupsWrite) != 0)
    lines += "\nSocketGroup=" + listener.socket_group;
  return lines;
}

}  // namespace

std::uint32_t uid_of(const tree::Accounts& accounts, std::string_view name) {
  const auto* user = accounts.user(name);
  return user != nullptr ? user->uid : number_in(name);
}

std::uint32_t gid_of(const tree::Accounts& accounts, std::string_view name) {
  const auto* group = accounts.group(name);
  return group != nullptr ? group->gid : number_in(name);
}

tree::Stat stat_of(const tree::Accounts& accounts, const facts::Listener& listener) {
  tree::Stat stat;
  stat.type = tree::FileType::socket;
  stat.mode = mode_of(listener);
  stat.uid = uid_of(accounts, listener.socket_user);
  stat.gid = gid_of(accounts, listener.socket_group);
  // With entries the group's bits of the mode are the mask, whatever listen.mode gave the group.
  if (!listener.socket_acl.empty()) stat.mode |= static_cast<std::uint32_t>(kReadWrite) << 3U;
  return stat;
}

tree::Acl acl_of(const tree::Accounts& accounts, const facts::Listener& listener) {
  using Tag = tree::AclEntry::Tag;
  tree::Acl acl;
  if (listener.socket_acl.empty()) return acl;
  const auto mode = mode_of(listener);
  acl.push_back({Tag::user_owner, 0, static_cast<std::uint8_t>((mode >> 6U) & 7U)});
  acl.push_back({Tag::group_owner, 0, static_cast<std::uint8_t>((mode >> 3U) & 7U)});
  acl.push_back({Tag::other, 0, static_cast<std::uint8_t>(mode & 7U)});
  acl.push_back({Tag::mask, 0, kReadWrite});
  for (const auto entry : text::words(listener.socket_acl)) {
    const auto name = entry.substr(2);
    const bool user = entry[0] == 'u';
    acl.push_back({user ? Tag::user : Tag::group,
                   user ? uid_of(accounts, name) : gid_of(accounts, name), kReadWrite});
  }
  return acl;
}

std::string text_that_lets_in(const tree::Accounts& accounts, const facts::Listener& listener,
                              const std::string& user, bool owner_is_used) {
  if (listener.service != "php-fpm" && listener.service != "systemd socket") return {};
  if (!listener.socket_acl.empty())
    return listener.rights_line ? users_of_acl(listener) + user : std::string();
  if (owner_is_used || (mode_of(listener) & kOwnersWrite) == 0) return {};
  if (listener.service == "systemd socket") return unit_lines(accounts, listener, user);
  return listener.rights_line ? user : listener.as_written + "\nlisten.owner = " + user;
}

}  // namespace stackaudit::stack

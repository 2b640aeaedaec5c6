// The account files as the C library's "files" service reads them (nss/nss_files, fgetpwent(3)).
#include "tree/accounts.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <charconv>

namespace stackaudit::tree {
namespace {

std::string_view trim_left(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\f\v\r");
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

// Takes the text before the separator off the front.
std::string_view take(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto field = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return field;
}

std::optional<std::uint32_t> take_id(std::string_view& rest) {
  const auto field = take(rest, ':');
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), id);
  if (error != std::errc{} || end != field.data() + field.size()) return std::nullopt;
  return id;
}

std::optional<User> parse_user(std::string_view line) {
  User user;
  user.name = take(line, ':');
  take(line, ':');
  const auto uid = take_id(line);
  const auto gid = take_id(line);
  if (user.name.empty() || !uid || !gid) return std::nullopt;
  user.uid = *uid;
  user.gid = *gid;
  take(line, ':');
  user.home = take(line, ':');
  user.shell = line;
  return user;
}

std::optional<Group> parse_group(std::string_view line) {
  Group group;
  group.name = take(line, ':');
  take(line, ':');
  const auto gid = take_id(line);
  if (group.name.empty() || !gid) return std::nullopt;
  group.gid = *gid;
  while (!line.empty()) {
    const auto member = trim_left(take(line, ','));
    if (!member.empty()) group.members.emplace_back(member);
  }
  return group;
}

template <class Entry, class Parse>
std::vector<Entry> parse_lines(std::string_view text, Parse parse) {
  std::vector<Entry> entries;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const auto line = trim_left(take(text, '\n'));
    if (line.empty() || line[0] == '#') continue;
    if (auto entry = parse(line)) {
      entry->line = number;
      entries.push_back(*std::move(entry));
    }
  }
  return entries;
}

template <class Entries, class Member, class Value>
auto* find(Entries& entries, Member member, const Value& value) {
  const auto it = std::ranges::find(entries, value, member);
  return it == entries.end() ? nullptr : &*it;
}

}  // namespace

bool Principal::in_group(std::uint32_t group) const {
  return group == gid || std::ranges::binary_search(groups, group);
}

Accounts Accounts::parse(std::string_view passwd, std::string_view group) {
  Accounts accounts;
  accounts.users_ = parse_lines<User>(passwd, parse_user);
  accounts.groups_ = parse_lines<Group>(group, parse_group);
  return accounts;
}

Accounts Accounts::load(const Tree& tree) {
  const auto passwd = read_file(tree, "/etc/passwd");
  const auto group = read_file(tree, "/etc/group");
  return parse(passwd ? *passwd : std::string{}, group ? *group : std::string{});
}

const User* Accounts::user(std::string_view name) const {
  return find(users_, &User::name, name);
}
const User* Accounts::user(std::uint32_t uid) const {
  return find(users_, &User::uid, uid);
}
const Group* Accounts::group(std::string_view name) const {
  return find(groups_, &Group::name, name);
}
const Group* Accounts::group(std::uint32_t gid) const {
  return find(groups_, &Group::gid, gid);
}

std::string Accounts::user_name(std::uint32_t uid) const {
  const User* found = user(uid);
  return found != nullptr ? found->name : "#" + std::to_string(uid);
}

std::string Accounts::group_name(std::uint32_t gid) const {
  const Group* found = group(gid);
  return found != nullptr ? found->name : "#" + std::to_string(gid);
}

std::vector<std::uint32_t> Accounts::initgroups(std::string_view user, std::uint32_t group) const {
  std::vector<std::uint32_t> gids{group};
  for (const auto& candidate : groups_)
    if (std::ranges::find(candidate.members, user) != candidate.members.end())
      gids.push_back(candidate.gid);
  std::ranges::sort(gids);
  gids.erase(std::unique(gids.begin(), gids.end()), gids.end());
  return gids;
}

Principal Accounts::become(const User& user, std::optional<std::uint32_t> group) const {
  Principal who;
  who.name = user.name;
  who.uid = user.uid;
  who.gid = group.value_or(user.gid);
  who.groups = initgroups(user.name, who.gid);
  if (who.uid == 0) who.capabilities = Capabilities::all();
  return who;
}

Principal root_principal() {
  return {"root", 0, 0, {0}, Capabilities::all()};
}

}  // namespace stackaudit::tree

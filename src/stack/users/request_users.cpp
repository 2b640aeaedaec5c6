// How the sections of Apache's configuration add up to the user of a request.
#include "stack/users/request_users.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 8> kNames{
    "assignuserid", "assignuseridexpr", "assigngroupidexpr", "ruidgid",
    "rmode",        "rgroups",          "rminuidgid",        "rdocumentchroot"};
constexpr std::string_view kDefault = "rdefaultuidgid";

std::optional<std::uint32_t> number_of(std::string_view word) {
  if (!word.starts_with('#')) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data() + 1, word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

// The path of <Directory>; empty for a pattern.
std::string plain_directory(const facts::Directive& block) {
  auto path = block.args;
  std::erase(path, '"');
  const bool plain = block.name == "directory" && path.starts_with('/') &&
                     path.find_first_of("*?[") == std::string::npos;
  return plain ? tree::normalize(path) : std::string();
}

}  // namespace

RequestUsers::RequestUsers(const Survey& survey, const Blocks& apache,
                           const tree::Principal& server)
    : survey_(survey), apache_(apache), server_(server) {
  for (const auto* row : apache.all())
    if (text::is_one_of(row->name, kNames) || row->name == kDefault) read(*row);
}

void RequestUsers::read(const facts::Directive& row) {
  const auto words = text::words(row.args);
  if (words.empty()) return;
  const auto uid = uid_of(words[0]);
  const auto gid = words.size() > 1 ? gid_of(words[1]) : std::nullopt;
  if (row.name == "rminuidgid" || row.name == kDefault) {
    auto& floor = floors_[host_of(row)];
    if (row.name == kDefault) {
      floor.uid = uid;
      floor.gid = gid;
    } else if (uid && gid) {
      floor.min_uid = *uid;
      floor.min_gid = *gid;
    }
    return;
  }
  auto& said = section_of(row).said;
  if (row.name.starts_with("assign") && row.name.ends_with("expr")) said.unknown = true;
  if (row.name == "rdocumentchroot") said.unknown = true;  // names are others there
  if (row.name == "assignuserid" || row.name == "ruidgid") {
    said.uid = uid;
    said.gid = gid;
  }
  said.ruid = said.ruid || row.name.starts_with('r');
  if (row.name == "rmode") said.by_owner = text::is_one_of(words[0], std::array{"stat", "STAT"});
  if (row.name == "rgroups") {
    said.groups.emplace();
    for (const auto word : words)
      if (const auto group = gid_of(word)) said.groups->push_back(*group);
  }
}

std::int64_t RequestUsers::host_of(const facts::Directive& row) const {
  const auto* host = apache_.around(row, "virtualhost");
  return host == nullptr ? kMainServer : host->id;
}

RequestUsers::Section& RequestUsers::section_of(const facts::Directive& row) {
  const auto host = host_of(row);
  const auto* block = apache_.parent(row);
  while (block != nullptr && block->name.starts_with("if") && block->name != "if")
    block = apache_.parent(*block);
  const bool is_host = block == nullptr || block->name == "virtualhost";
  auto& section = sections_[is_host ? host : block->id];
  section.host = host;
  section.is_host = is_host;
  if (!is_host) section.directory = plain_directory(*block);
  return section;
}

void RequestUsers::Said::add(const Said& inner) {
  if (inner.by_owner) by_owner = inner.by_owner;
  if (inner.uid) uid = inner.uid;
  if (inner.gid) gid = inner.gid;
  if (inner.groups) groups = inner.groups;
  ruid = ruid || inner.ruid;
  unknown = unknown || inner.unknown;
}

RequestUsers::Said RequestUsers::sum_of(std::int64_t host, std::string_view file) const {
  Said sum;
  std::vector<const Section*> directories;
  for (const auto id : {kMainServer, host})
    if (const auto own = sections_.find(id); own != sections_.end()) sum.add(own->second.said);
  for (const auto& [id, section] : sections_)
    if (!section.directory.empty() && (section.host == kMainServer || section.host == host) &&
        tree::is_within(file, section.directory))
      directories.push_back(&section);
  std::ranges::stable_sort(directories, {}, [](const Section* section) {
    return std::pair(section->directory.size(), section->host != kMainServer);
  });
  for (const auto* section : directories) sum.add(section->said);
  return sum;
}

std::vector<RequestUsers::Who> RequestUsers::of(std::int64_t host, std::string_view file) const {
  const auto sum = sum_of(host, file);
  std::vector<Who> all{who(sum, host, file)};
  for (const auto& [id, section] : sections_) {
    if (section.is_host || !section.directory.empty()) continue;
    if (section.host != kMainServer && section.host != host) continue;
    auto inside = sum;
    inside.add(section.said);
    all.push_back(who(inside, host, file));
  }
  return all;
}

std::vector<RequestUsers::Who> RequestUsers::of_any(std::string_view file) const {
  std::vector<Who> all;
  for (const auto& [id, section] : sections_) {
    auto said = sum_of(section.host, file);
    said.add(section.said);
    all.push_back(who(said, section.host, file));
  }
  return all;
}

std::optional<tree::Principal> RequestUsers::named_at(const facts::Directive& row) const {
  const auto words = text::words(row.args);
  if (words.size() != 2) return std::nullopt;
  Said said;
  said.uid = uid_of(words[0]);
  said.gid = gid_of(words[1]);
  said.ruid = row.name.starts_with('r');
  return said.uid && said.gid ? who(said, host_of(row), {}).user : std::nullopt;
}

RequestUsers::Who RequestUsers::who(const Said& said, std::int64_t host,
                                    std::string_view file) const {
  if (said.unknown) return {false, std::nullopt};
  if (said.ruid) return of_ruid(said, host, file);
  if (!said.uid || !said.gid) return {};
  return {true, principal(*said.uid, *said.gid)};
}

// The groups are those that RGroups names, else those of the server's user; the account's own
// count for nothing.
RequestUsers::Who RequestUsers::of_ruid(Said said, std::int64_t host, std::string_view file) const {
  if (said.by_owner.value_or(false)) {
    const auto stat = survey_.tree.lstat(std::string(file));
    if (!stat) return {false, std::nullopt};
    said.uid = stat->uid;
    said.gid = stat->gid;
  }
  const auto found = floors_.find(host);
  const auto floor = found == floors_.end() ? Floor{} : found->second;
  auto uid = said.uid.value_or(server_.uid);
  auto gid = said.gid.value_or(server_.gid);
  if (uid < floor.min_uid) uid = floor.uid.value_or(server_.uid);
  if (gid < floor.min_gid) gid = floor.gid.value_or(server_.gid);
  auto who = principal(uid, gid);
  who.groups = said.groups.value_or(server_.groups);
  if (said.groups)
    for (auto& group : who.groups)
      if (group < floor.min_gid) group = floor.gid.value_or(server_.gid);
  std::ranges::sort(who.groups);
  if (uid == server_.uid && gid == server_.gid && who.groups == server_.groups) return {};
  return {true, std::move(who)};
}

tree::Principal RequestUsers::principal(std::uint32_t uid, std::uint32_t gid) const {
  if (const auto* user = survey_.accounts.user(uid)) return survey_.accounts.become(*user, gid);
  tree::Principal who;
  who.name = survey_.accounts.user_name(uid);
  who.uid = uid;
  who.gid = gid;
  return who;
}

std::optional<std::uint32_t> RequestUsers::uid_of(std::string_view word) const {
  if (const auto number = number_of(word)) return number;
  const auto* user = survey_.accounts.user(word);
  return user == nullptr ? std::nullopt : std::optional(user->uid);
}

std::optional<std::uint32_t> RequestUsers::gid_of(std::string_view word) const {
  if (const auto number = number_of(word)) return number;
  const auto* group = survey_.accounts.group(word);
  return group == nullptr ? std::nullopt : std::optional(group->gid);
}

}  // namespace stackaudit::stack

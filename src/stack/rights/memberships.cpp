// What a group gives is written down here by its name, with the page that says so.
#include "stack/rights/memberships.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// Debian's base-passwd users-and-groups page; docker(1), lxd, libvirt: their own security pages.
constexpr std::array kPowers{
    GroupPower{"root", "every file that group root may read or write", true},
    GroupPower{"shadow", "the password hashes in /etc/shadow", true},
    GroupPower{"disk", "the raw disks, every file on them included", true},
    GroupPower{"kmem", "the kernel's memory", true},
    GroupPower{"mem", "the kernel's memory", true},
    GroupPower{"docker", "containers that run as root with any directory mounted", true},
    GroupPower{"lxd", "containers that run as root with any directory mounted", true},
    GroupPower{"incus-admin", "containers that run as root with any directory mounted", true},
    GroupPower{"libvirt", "virtual machines with any disk or directory attached", true},
    GroupPower{"sudo", "every command, through sudo", true},
    GroupPower{"wheel", "every command, through sudo or su", true},
    GroupPower{"staff", "/usr/local, programs that root runs included", false},
    GroupPower{"adm", "the system's log files", false},
    GroupPower{"mysql", "the database's own files", false},
    GroupPower{"systemd-journal", "the system's log files", false},
    GroupPower{"backup", "what the backup program may read", false},
};

facts::Place line_of(std::string_view file, std::uint32_t line) {
  auto place = Survey::whole_file(file);
  place.line = line;
  return place;
}

}  // namespace

const GroupPower* power_of(std::string_view group) {
  const auto* it = std::ranges::find(kPowers, group, &GroupPower::group);
  return it == kPowers.end() ? nullptr : it;
}

bool names_root(const tree::Accounts& accounts, std::string_view name) {
  const auto* account = accounts.user(name);
  return name == "root" || (account != nullptr && account->uid == 0);
}

std::optional<tree::Principal> principal_of(const tree::Accounts& accounts,
                                            const facts::Worker& worker) {
  if (!worker.uid || !worker.gid) return std::nullopt;
  tree::Principal who;
  who.name = worker.user;
  who.uid = static_cast<std::uint32_t>(*worker.uid);
  who.gid = static_cast<std::uint32_t>(*worker.gid);
  for (const auto name : text::words(worker.groups))
    if (const auto* group = accounts.group(name)) who.groups.push_back(group->gid);
  std::ranges::sort(who.groups);
  if (who.uid == 0) who.capabilities = tree::Capabilities::all();
  return who;
}

std::set<std::uint32_t> worker_uids(const Survey& survey) {
  std::set<std::uint32_t> uids;
  for (const auto& worker : survey.facts.rows<facts::Worker>())
    if (worker.uid && *worker.uid != 0) uids.insert(static_cast<std::uint32_t>(*worker.uid));
  return uids;
}

bool may_become_root(const tree::Accounts& accounts, const tree::User& user) {
  return std::ranges::any_of(accounts.initgroups(user.name, user.gid), [&](std::uint32_t gid) {
    const auto* power = power_of(accounts.group_name(gid));
    return power != nullptr && power->gives_root;
  });
}

namespace {

// Groups that a service's settings give to its workers, beside those that the account has.
void record_given_groups(Survey& survey) {
  for (const auto& worker : survey.facts.rows<facts::Worker>()) {
    const auto* group =
        worker.gid ? survey.accounts.group(static_cast<std::uint32_t>(*worker.gid)) : nullptr;
    const auto* user = survey.accounts.user(worker.user);
    if (group == nullptr || user == nullptr || group->gid == 0 || user->uid == 0) continue;
    const auto* power = power_of(group->name);
    const auto own = survey.accounts.initgroups(user->name, user->gid);
    if (power == nullptr || std::ranges::find(own, group->gid) != own.end()) continue;
    facts::Membership row;
    static_cast<facts::Place&>(row) = worker;
    if (worker.group_line)
      static_cast<facts::Place&>(row) = {worker.group_path, worker.group_line, {}, {}, {}};
    row.user = user->name;
    row.uid = user->uid;
    row.group_name = group->name;
    row.gid = group->gid;
    row.is_primary = row.worker = true;
    row.gives = power->gives;
    row.gives_root = power->gives_root;
    survey.facts.add(std::move(row));
  }
}

}  // namespace

void record_memberships(Survey& survey) {
  const auto workers = worker_uids(survey);
  const auto add = [&](const tree::User& user, const tree::Group& group, bool is_primary) {
    facts::Membership row;
    static_cast<facts::Place&>(row) =
        is_primary ? line_of("/etc/passwd", user.line) : line_of("/etc/group", group.line);
    row.user = user.name;
    row.uid = user.uid;
    row.group_name = group.name;
    row.gid = group.gid;
    row.is_primary = is_primary;
    row.worker = workers.contains(user.uid);
    if (const auto* power = power_of(group.name)) {
      row.gives = power->gives;
      row.gives_root = power->gives_root;
    }
    survey.facts.add(std::move(row));
  };
  for (const auto& user : survey.accounts.users())
    if (const auto* group = survey.accounts.group(user.gid)) add(user, *group, true);
  for (const auto& group : survey.accounts.groups())
    for (const auto& member : group.members)
      if (const auto* user = survey.accounts.user(member)) add(*user, group, false);
  record_given_groups(survey);
}

}  // namespace stackaudit::stack

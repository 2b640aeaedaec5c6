// Tried out in the access model: as it is, with more for its group, with a group of who needs it.
#include "stack/rights/kept_rights.hpp"

#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

constexpr std::uint32_t kGroupBits = 070;

class Keeping {
 public:
  Keeping(const tree::Accounts& accounts, const tree::Stat& before, const tree::Acl& acl,
          const std::vector<Need>& needs)
      : accounts_(accounts), before_(before), acl_(acl), needs_(needs) {}

  KeptRights run(const tree::Stat& after) const {
    std::uint32_t lost = 0;
    const Need* loser = nullptr;
    for (const auto& need : needs_)
      if (const auto rights = lost_by(need, after); rights != 0) {
        lost |= rights;
        loser = &need;
      }
    if (loser == nullptr) return {after.mode, after.gid};
    if (!acl_.empty()) return {};
    auto kept = after;
    kept.mode |= lost << 3U;
    if (serves(kept)) return {kept.mode, kept.gid};
    if (group_counts()) return {};
    kept.gid = loser->who.gid;
    kept.mode = (after.mode & ~kGroupBits) | ((after.mode & 7U) << 3U) | (lost << 3U);
    return serves(kept) ? KeptRights{kept.mode, kept.gid} : KeptRights{};
  }

 private:
  [[nodiscard]] std::uint32_t lost_by(const Need& need, const tree::Stat& after) const {
    if (need.who.capabilities.dac_override) return 0;
    const auto had = tree::rights_of(need.who, before_, acl_) & need.rights;
    return had & ~static_cast<std::uint32_t>(tree::rights_of(need.who, after, acl_));
  }

  // Nobody who needs it loses, nobody at all gains.
  [[nodiscard]] bool serves(const tree::Stat& after) const {
    return std::ranges::all_of(needs_,
                               [&](const Need& need) { return lost_by(need, after) == 0; }) &&
           std::ranges::all_of(accounts_.users(), [&](const tree::User& user) {
             const auto who = accounts_.become(user);
             const std::uint32_t had = tree::rights_of(who, before_, acl_);
             return who.uid == 0 || (tree::rights_of(who, after, acl_) & ~had) == 0;
           });
  }

  // Whether an account has rights by the file's group that another group would take from it.
  [[nodiscard]] bool group_counts() const {
    return std::ranges::any_of(accounts_.users(), [&](const tree::User& user) {
      return user.uid != 0 && user.uid != before_.uid &&
             accounts_.become(user).in_group(before_.gid);
    });
  }

  const tree::Accounts& accounts_;
  const tree::Stat& before_;
  const tree::Acl& acl_;
  const std::vector<Need>& needs_;
};

// Of the file itself.
std::uint32_t rights_for(std::string_view operation) {
  if (operation == "read") return 4;
  if (operation == "write") return 6;
  if (operation == "append" || operation == "connect") return 2;
  return operation == "search" || operation == "execute" ? 1 : 0;
}

}  // namespace

void Needs::gather() {
  gathered_ = true;
  for (const auto& row : survey_.facts.rows<facts::Access>()) {
    if (!row.allowed || !row.uid || *row.uid == 0 || !row.target.starts_with('/')) continue;
    const auto uid = static_cast<std::uint32_t>(*row.uid);
    const Identity who{uid, row.gid ? static_cast<std::uint32_t>(*row.gid) : uid};
    rights_[row.target][who] |= rights_for(row.operation);
    const bool makes = row.operation == "create" || row.operation == "replace";
    std::uint32_t rights = makes ? 3 : 1;
    for (auto path = tree::dirname(row.target); path != "/"; path = tree::dirname(path)) {
      auto& had = rights_[std::string(path)][who];
      const bool known = (had & rights) == rights;
      had |= rights;
      if (known && rights == 1) break;  // and so are all above
      rights = 1;
    }
  }
}

std::vector<Need> Needs::of(const std::string& path) {
  if (!gathered_) gather();
  std::vector<Need> needs;
  const auto found = rights_.find(path);
  if (found == rights_.end()) return needs;
  for (const auto& [identity, rights] : found->second) {
    const auto& [uid, gid] = identity;
    const auto* user = survey_.accounts.user(uid);
    auto who = user == nullptr ? tree::Principal{survey_.accounts.user_name(uid), uid, gid, {}, {}}
                               : survey_.accounts.become(*user);
    who.gid = gid;
    needs.push_back({std::move(who), rights});
  }
  return needs;
}

KeptRights kept_rights(const tree::Accounts& accounts, const tree::Stat& before,
                       const tree::Stat& after, const tree::Acl& acl,
                       const std::vector<Need>& needs) {
  return Keeping(accounts, before, acl, needs).run(after);
}

}  // namespace stackaudit::stack

// By bits of the mode or by the owner, tried out; in words where neither is the cure.
#include "stack/rights/withdrawal.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

std::string held_by(const facts::Writable& row) {
  if (row.via == "owner") return "it belongs to " + row.owner;
  if (row.via == "group") return "group " + row.owner_group + " may write it";
  if (row.via == "acl") return "its ACL lets " + row.writer + " write it";
  return "everybody may write it";
}

// For everybody to write in, and to stay so (hier(7)).
bool is_shared(std::string_view directory) {
  constexpr std::array<std::string_view, 4> kShared{"/tmp", "/var/tmp", "/dev/shm", "/run/lock"};
  return text::is_one_of(directory, kShared);
}

// Where owner, group and mode are not the cure.
std::string advice(const facts::Writable& row) {
  if (is_shared(row.component))
    return "keep what is read there in a directory of root's own: " + row.component +
           " is for everybody";
  if (row.via == "acl")
    return "take the entry of " + row.writer + " out of the ACL: setfacl -x " +
           (row.writer.starts_with("group ") ? "g:" + row.writer.substr(6) : "u:" + row.writer) +
           " " + row.component;
  if (row.via == "owner" && row.service == "logrotate")
    return "let its writer rotate them: a line `su " + row.writer + " " + row.owner_group +
           "` in logrotate's block for " + row.component;
  return "no owner, group and mode fit all who need " + row.component +
         ": take the right to write from " + row.writer +
         ", and give each of the others an entry (setfacl -m u:NAME:rw " + row.component + ")";
}

}  // namespace

void Withdrawal::plan(facts::Writable& row, const Hand& hand, const tree::Step& component) {
  row.held_by = held_by(row);
  if (!mend(row, hand, component)) row.advice = advice(row);
}

bool Withdrawal::mend(facts::Writable& row, const Hand& hand, const tree::Step& component) {
  if ((hand.cleared == 0 && !hand.owner) || is_shared(component.path)) return false;
  if (hand.owner && row.service == "logrotate") return false;  // who writes logs keeps them
  const auto& before = component.stat;
  auto after = before;
  after.mode &= ~hand.cleared;
  auto needs = needs_.of(component.path);
  if (hand.owner) {
    after.uid = 0;
    needs.push_back({hand.samples[0], (before.mode >> 6U) & 5U});
  }
  const auto acl = survey_.tree.acl(component.path);
  const auto entries = acl ? *acl : tree::Acl{};
  const auto kept = kept_rights(survey_.accounts, before, after, entries, needs);
  if (!kept.mode) return false;
  after.mode = *kept.mode;
  after.gid = kept.gid;
  const auto still = [&](const tree::Principal& who) {
    return (tree::rights_of(who, after, entries) & 2U) != 0;
  };
  if (std::ranges::any_of(hand.samples, still)) return false;
  if (hand.owner) row.mended_owner = "root";
  if (kept.gid != before.gid) row.mended_group = survey_.accounts.group_name(kept.gid);
  if (*kept.mode != before.mode) row.mended_mode = kept.mode;
  return true;
}

}  // namespace stackaudit::stack

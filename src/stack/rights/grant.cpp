// Of the changes that suffice the one by which the fewest others gain anything.
#include "stack/rights/grant.hpp"

#include "text/mode.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace stackaudit::stack {
namespace {

using tree::Operation;
using Tag = tree::AclEntry::Tag;

// A tree in which one file has other rights.
class Changed final : public tree::Tree {
 public:
  Changed(const tree::Tree& under, std::string path, tree::Stat stat, tree::Acl acl)
      : under_(under), path_(std::move(path)), stat_(stat), acl_(std::move(acl)) {}

  tree::Result<tree::Stat> lstat(std::string_view path) const override {
    return path == path_ ? tree::Result<tree::Stat>(stat_) : under_.lstat(path);
  }
  tree::Result<std::string> read(std::string_view path, std::size_t limit) const override {
    return under_.read(path, limit);
  }
  tree::Result<std::string> readlink(std::string_view path) const override {
    return under_.readlink(path);
  }
  tree::Result<std::vector<std::string>> list(std::string_view path) const override {
    return under_.list(path);
  }
  tree::Result<tree::Acl> acl(std::string_view path) const override {
    return path == path_ ? tree::Result<tree::Acl>(acl_) : under_.acl(path);
  }

 private:
  const tree::Tree& under_;
  std::string path_;
  tree::Stat stat_;
  tree::Acl acl_;
};

struct Candidate {
  Grant grant;
  tree::Stat stat;
  tree::Acl acl;
  std::vector<std::string> gainers;
};

class Search {
 public:
  Search(const tree::Tree& tree, const tree::Accounts& accounts, const tree::Principal& who,
         Operation operation, const tree::Verdict& verdict)
      : tree_(tree),
        accounts_(accounts),
        who_(who),
        operation_(operation),
        verdict_(verdict),
        stat_(verdict.component_stat) {
    if (auto acl = tree.acl(verdict.component)) acl_ = *std::move(acl);
  }

  Grant run() {
    if (stat_.type == tree::FileType::socket)
      return {"let the service that makes the socket give " + who_.name +
                  " the right to write: its listen owner, group and mode",
              "decide",
              {},
              {},
              {},
              {}};
    if (verdict_.error != EACCES || stat_.type == tree::FileType::symlink) return {};
    std::vector<Candidate> candidates;
    if (who_.uid == stat_.uid) {
      add(candidates, mode(6));
    } else {
      if (who_.in_group(stat_.gid) && acl_.empty()) add(candidates, mode(3));
      const bool known = accounts_.group(who_.gid) != nullptr;
      if (acl_.empty() && stat_.gid == 0 && !who_.in_group(0) && known) add(candidates, group());
      if (accounts_.user(who_.uid) != nullptr) add(candidates, entry());
      if (!known && rights() == 1) add(candidates, mode(0));  // no group that is there tomorrow
    }
    const auto best = std::ranges::min_element(
        candidates, {}, [](const Candidate& candidate) { return candidate.gainers.size(); });
    if (best == candidates.end()) return {};
    for (const auto& name : best->gainers)
      best->grant.gains += (best->grant.gains.empty() ? "" : ", ") + name;
    return std::move(best->grant);
  }

 private:
  [[nodiscard]] bool is_end() const { return verdict_.component == verdict_.path; }

  [[nodiscard]] bool on_parent() const {
    const bool makes = operation_ == Operation::create || operation_ == Operation::replace ||
                       operation_ == Operation::append;
    return makes && !is_end() && verdict_.component == tree::dirname(verdict_.path);
  }

  // Of the component: what the operation needs there.
  [[nodiscard]] std::uint32_t rights() const {
    if (on_parent()) return 3;
    if (!is_end() || operation_ == Operation::search) return 1;
    if (operation_ == Operation::write) return 6;  // who changes a file in place reads it, too
    return operation_ == Operation::read ? 4 : 2;
  }

  // Root may whatever its bits say: they are written as they are meant for files of their kind.
  [[nodiscard]] std::uint32_t owners_usual() const {
    if (stat_.uid != 0) return 0;
    return stat_.type == tree::FileType::directory ? 0700U : 0600U;
  }

  [[nodiscard]] Candidate mode(unsigned shift) const {
    Candidate result{{}, stat_, acl_, {}};
    result.stat.mode |= (rights() << shift) | owners_usual();
    result.grant = {"chmod " + text::octal(result.stat.mode) + " " + verdict_.component,
                    "mode",
                    result.stat.mode,
                    {},
                    {},
                    {}};
    return result;
  }

  [[nodiscard]] Candidate group() const {
    Candidate result{{}, stat_, acl_, {}};
    result.stat.gid = who_.gid;
    result.stat.mode =
        (stat_.mode & ~070U) | ((stat_.mode & 7U) << 3U) | (rights() << 3U) | owners_usual();
    const auto name = accounts_.group_name(who_.gid);
    auto words = "chgrp " + name + " " + verdict_.component;
    if (result.stat.mode != stat_.mode)
      words += " and chmod " + text::octal(result.stat.mode) + " " + verdict_.component;
    result.grant = {std::move(words), "group", result.stat.mode, name, {}, {}};
    return result;
  }

  // setfacl -m: makes the mask the union of what it bounds.
  [[nodiscard]] Candidate entry() const {
    Candidate result{{}, stat_, acl_, {}};
    if (result.acl.empty())
      for (const auto& [tag, shift] : {std::pair{Tag::user_owner, 6U},
                                       std::pair{Tag::group_owner, 3U}, std::pair{Tag::other, 0U}})
        result.acl.push_back({tag, 0, static_cast<std::uint8_t>((stat_.mode >> shift) & 7U)});
    const auto own = std::ranges::find_if(
        result.acl, [&](const auto& one) { return one.tag == Tag::user && one.id == who_.uid; });
    std::uint32_t given = rights();
    if (own != result.acl.end()) {
      given |= own->rights;
      own->rights = static_cast<std::uint8_t>(given);
    } else {
      result.acl.push_back({Tag::user, who_.uid, static_cast<std::uint8_t>(given)});
    }
    std::uint8_t mask = 0;
    std::erase_if(result.acl, [](const auto& one) { return one.tag == Tag::mask; });
    for (const auto& one : result.acl)
      if (one.tag == Tag::user || one.tag == Tag::group || one.tag == Tag::group_owner)
        mask = static_cast<std::uint8_t>(mask | one.rights);
    result.acl.push_back({Tag::mask, 0, mask});
    result.stat.mode = (stat_.mode & ~070U) | (static_cast<std::uint32_t>(mask) << 3U);
    const auto text = "u:" + who_.name + ":" + text::short_letters(given);
    result.grant = {"setfacl -m " + text + " " + verdict_.component, "acl", {}, {}, text, {}};
    return result;
  }

  // Kept only where the model says that it helps and that nobody loses.
  void add(std::vector<Candidate>& candidates, Candidate candidate) const {
    const Changed changed(tree_, verdict_.component, candidate.stat, candidate.acl);
    const auto after = tree::may(changed, accounts_, who_, operation_, verdict_.path);
    if (after.error != 0 && after.component == verdict_.component) return;
    for (const auto& user : accounts_.users()) {
      const auto other = accounts_.become(user);
      if (other.uid == 0 || other.uid == who_.uid) continue;
      const auto had = tree::rights_of(other, stat_, acl_);
      const auto has = tree::rights_of(other, candidate.stat, candidate.acl);
      if ((had & ~has) != 0) return;
      if ((has & ~had) != 0) candidate.gainers.push_back(user.name);
    }
    candidates.push_back(std::move(candidate));
  }

  const tree::Tree& tree_;
  const tree::Accounts& accounts_;
  const tree::Principal& who_;
  Operation operation_;
  const tree::Verdict& verdict_;
  tree::Stat stat_;
  tree::Acl acl_;
};

}  // namespace

Grant smallest_grant(const tree::Tree& tree, const tree::Accounts& accounts,
                     const tree::Principal& who, Operation operation,
                     const tree::Verdict& verdict) {
  if (verdict.component.empty()) return {};
  return Search(tree, accounts, who, operation, verdict).run();
}

}  // namespace stackaudit::stack

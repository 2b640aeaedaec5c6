// Who besides root may change what the services read and run: for every such file the rights of the
// file and of each directory on its path (a name can be replaced in a directory that one may
// write), and for document roots what everyone may write below them.
#include "stack/rights/memberships.hpp"
#include "stack/rights/rights.hpp"
#include "stack/rights/subjects.hpp"
#include "stack/rights/withdrawal.hpp"
#include "stack/secrets/secrets.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace stackaudit::stack {
namespace {

using tree::Operation;

constexpr std::uint32_t kNobodyAtAll = 0xfffffff0;
constexpr std::uint32_t kFirstPerson = 1000, kNobody = 65534;
constexpr std::size_t kMaxWalked = 50'000;

tree::Principal anonymous() {
  return {"everyone", kNobodyAtAll, kNobodyAtAll, {}, {}};
}

class Exposure {
 public:
  explicit Exposure(Survey& survey)
      : survey_(survey), withdrawal_(survey), workers_(worker_uids(survey)) {}

  void judge(const Subject& subject) {
    const auto& way = way_to(tree::dirname(subject.spelled));
    const auto name = tree::basename(subject.spelled);
    const auto end = tree::resolve(survey_.tree, subject.spelled, tree::LastLink::keep);
    const bool lies_there = way.walked && end && !name.empty() &&
                            end.path == tree::join(way.walked.path, name) &&
                            end.stat.type != tree::FileType::symlink;
    if (!lies_there) return judge_walking(subject);
    const tree::Step last{end.path, end.stat};
    const auto its_hands = find_hands(last);  // asked once: not kept
    if (way.closed && its_hands.empty()) return;
    if (!way.plain) return judge_walking(subject);
    if (!can_be_changed(end.stat.type)) return;
    std::set<std::string> found;
    for (const auto& [hand, directory] : way.holds)
      if (!is_at_home(*hand, *directory, end.stat))
        record(subject, end.path, *hand, *directory, found);
    replaced(subject, way.walked.steps.back(), last, end, found);
    for (const auto& hand : its_hands)
      if (reaches(hand, end.path)) record(subject, end.path, hand, last, found);
  }

  // The same, whatever links are on the way.
  void judge_walking(const Subject& subject) {
    const auto end = tree::walk(survey_.tree, subject.spelled);
    // Of links to /dev/null (masked units) nothing can be changed.
    if (!end || (!can_be_changed(end.stat.type) && end.stat.type != tree::FileType::symlink))
      return;
    std::set<std::string> found;
    for (std::size_t i = 0; i + 1 < end.steps.size(); ++i)
      replaced(subject, end.steps[i], end.steps[i + 1], end, found);
    if (end.stat.type == tree::FileType::symlink || end.steps.empty()) return;
    for (const auto& hand : hands(end.steps.back()))
      if (reaches(hand, end.path)) record(subject, end.path, hand, end.steps.back(), found);
  }

  // A home belongs to its user and stays his: the file in it is what is wrong.
  bool is_home(const tree::Step& step) const {
    return std::ranges::any_of(survey_.accounts.users(), [&](const tree::User& user) {
      return user.uid == step.stat.uid && user.home == step.path;
    });
  }

  // What everyone may write below a document root.
  void walk(const DocumentRoot& root) {
    std::vector<std::string> waiting{root.path};
    std::size_t seen = 0;
    while (!waiting.empty()) {
      const auto directory = std::move(waiting.back());
      waiting.pop_back();
      const auto names = survey_.tree.list(directory);
      if (!names) continue;
      for (const auto& name : *names) {
        if (++seen > kMaxWalked) return cut_short(root);
        const auto path = tree::join(directory, name);
        const auto stat = survey_.tree.lstat(path);
        if (!stat || stat->type == tree::FileType::symlink) continue;
        const bool is_directory = stat->type == tree::FileType::directory;
        if (!is_directory && (stat->mode & 06000U) != 0 && (stat->mode & 0111U) != 0)
          note_special(path, *stat, root.path);
        if ((stat->mode & 2U) != 0 && (is_directory || stat->type == tree::FileType::regular))
          judge({path, is_directory ? "web-directory" : "content", root.service, false});
        if (is_directory) waiting.push_back(path);
      }
    }
  }

 private:
  // The way to a directory, looked at once for all that lies in it.
  struct Way {
    tree::Walked walked;
    bool closed = true;  // nobody can lay hands on a directory of it
    bool plain = true;   // no link is on it
    std::vector<std::pair<const Hand*, const tree::Step*>> holds;  // who can replace what is on it
  };

  const Way& way_to(std::string_view directory) {
    if (const auto known = ways_.find(directory); known != ways_.end()) return known->second;
    auto& way = ways_.emplace(directory, Way{tree::walk(survey_.tree, directory), {}, {}, {}})
                    .first->second;
    const auto& steps = way.walked.steps;
    const auto is_directory = [](const tree::Step& step) {
      return step.stat.type == tree::FileType::directory;
    };
    way.plain = way.walked && std::ranges::all_of(steps, is_directory);
    way.closed = way.walked && std::ranges::all_of(steps, [&](const tree::Step& step) {
                   return !is_directory(step) || hands(step).empty();
                 });
    for (std::size_t i = 0; way.plain && i + 1 < steps.size(); ++i)
      for (const auto* hand : who_replaces(steps[i], steps[i + 1]))
        way.holds.emplace_back(hand, &steps[i]);
    return way;
  }

  // Who may put another file in the place of the child, which the walk came to next.
  std::vector<const Hand*> who_replaces(const tree::Step& directory, const tree::Step& child) {
    std::vector<const Hand*> result;
    if (directory.stat.type != tree::FileType::directory || child.path == "/" ||
        tree::dirname(child.path) != directory.path)
      return result;
    for (const auto& hand : hands(directory))
      if (reaches(hand, directory.path) && replaces(hand, child.path)) result.push_back(&hand);
    return result;
  }

  void replaced(const Subject& subject, const tree::Step& directory, const tree::Step& child,
                const tree::Resolution& end, std::set<std::string>& found) {
    for (const auto* hand : who_replaces(directory, child))
      if (!is_at_home(*hand, directory, end.stat))
        record(subject, end.path, *hand, directory, found);
  }

  static bool can_be_changed(tree::FileType type) {
    return type == tree::FileType::regular || type == tree::FileType::directory;
  }

  // What somebody has in his own home.
  bool is_at_home(const Hand& hand, const tree::Step& directory, const tree::Stat& file) const {
    return hand.owner && file.uid == directory.stat.uid && is_home(directory);
  }

  void note_special(const std::string& path, const tree::Stat& stat, const std::string& inside) {
    facts::SpecialFile row;
    row.path = path;
    const bool setuid = (stat.mode & 04000U) != 0;
    row.kind = setuid ? "setuid" : "setgid";
    row.owner = survey_.accounts.user_name(stat.uid);
    row.detail = setuid ? row.owner : survey_.accounts.group_name(stat.gid);
    row.mode = stat.mode;
    row.inside = inside;
    survey_.facts.add(std::move(row));
  }

  void cut_short(const DocumentRoot& root) {
    survey_.blind(root.place, "writable", root.path,
                  "more than " + std::to_string(kMaxWalked) + " files below the document root");
  }

  const std::vector<Hand>& hands(const tree::Step& step) {
    const auto it = hands_.find(step.path);
    if (it != hands_.end()) return it->second;
    return hands_.emplace(step.path, find_hands(step)).first->second;
  }

  std::vector<Hand> find_hands(const tree::Step& step) {
    const auto& stat = step.stat;
    const std::uint32_t needed = stat.type == tree::FileType::directory ? 3U : 2U;
    const auto has = [&](std::uint32_t rights) { return (rights & needed) == needed; };
    std::vector<Hand> result;
    if (!has(stat.mode) && !has(stat.mode >> 3U)) {  // an ACL gives no more than the group's bits
      add_owner(stat, result);
      return result;
    }
    const auto acl = survey_.tree.acl(step.path);
    if (has(stat.mode)) {
      const std::uint32_t cleared = acl && acl->empty() ? 022U : 02U;
      result.push_back({"everyone", "other", {anonymous()}, cleared, true, false});
      return result;
    }
    add_owner(stat, result);
    if (acl && !acl->empty()) {
      add_acl_hands(*acl, stat, needed, result);
    } else if (has(stat.mode >> 3U)) {
      add_group(stat.gid, "group", 020, result);
    }
    return result;
  }

  void add_owner(const tree::Stat& stat, std::vector<Hand>& result) {
    if (stat.uid != 0)
      result.push_back(
          {survey_.accounts.user_name(stat.uid), "owner", {principal(stat.uid)}, 0, false, true});
  }

  void add_acl_hands(const tree::Acl& acl, const tree::Stat& stat, std::uint32_t needed,
                     std::vector<Hand>& result) {
    using Tag = tree::AclEntry::Tag;
    const std::uint32_t mask = stat.mode >> 3U;
    for (const auto& entry : acl) {
      if ((entry.rights & mask & needed) != needed) continue;
      if (entry.tag == Tag::group_owner) add_group(stat.gid, "group", 0, result);
      if (entry.tag == Tag::group) add_group(entry.id, "acl", 0, result);
      if (entry.tag == Tag::user && entry.id != 0 && entry.id != stat.uid)
        result.push_back(
            {survey_.accounts.user_name(entry.id), "acl", {principal(entry.id)}, 0, false, false});
    }
  }

  // A group counts through its members; one without members gives nothing to anybody.
  void add_group(std::uint32_t gid, std::string_view via, std::uint32_t cleared,
                 std::vector<Hand>& result) {
    if (gid == 0) return;
    std::map<std::uint32_t, tree::Principal> members;
    for (const auto& user : survey_.accounts.users()) {
      if (user.uid == 0) continue;
      auto who = survey_.accounts.become(user);
      if (who.in_group(gid)) members.emplace(user.uid, std::move(who));
    }
    for (const auto& worker : survey_.facts.rows<facts::Worker>())
      if (worker.gid == gid && worker.uid && *worker.uid != 0) {
        auto who = principal(static_cast<std::uint32_t>(*worker.uid));
        who.gid = gid;
        members.insert_or_assign(who.uid, std::move(who));
      }
    if (members.empty()) return;
    Hand hand{members.size() == 1 ? members.begin()->second.name
                                  : "group " + survey_.accounts.group_name(gid),
              std::string(via),
              {},
              cleared,
              false,
              false};
    for (auto& [uid, who] : members) hand.samples.push_back(std::move(who));
    result.push_back(std::move(hand));
  }

  tree::Principal principal(std::uint32_t uid) const {
    if (const auto* user = survey_.accounts.user(uid)) return survey_.accounts.become(*user);
    return {survey_.accounts.user_name(uid), uid, kNobodyAtAll, {}, {}};
  }

  template <class Test>
  static bool any(const Hand& hand, Test test) {
    return std::ranges::any_of(hand.samples, test);
  }

  bool allowed(const tree::Principal& who, Operation operation, std::string_view path) const {
    return tree::may(survey_.tree, survey_.accounts, who, operation, path).error == 0;
  }

  bool reaches(const Hand& hand, const std::string& path) const {
    return path == "/" || any(hand, [&](const auto& who) {
             return allowed(who, Operation::search, tree::dirname(path));
           });
  }

  // The owner of a directory may give himself what its mode does not; sticky does not bind him.
  bool replaces(const Hand& hand, const std::string& child) const {
    return hand.owner ||
           any(hand, [&](const auto& who) { return allowed(who, Operation::replace, child); });
  }

  bool is_worker(const tree::Principal& who) const { return workers_.contains(who.uid); }

  bool is_administrator(const tree::Principal& who) const {
    const auto* user = survey_.accounts.user(who.uid);
    return user != nullptr && !is_worker(who) && may_become_root(survey_.accounts, *user);
  }

  void record(const Subject& subject, const std::string& path, const Hand& hand,
              const tree::Step& component, std::set<std::string>& found) {
    if (found.contains("everyone") || !found.insert(hand.writer).second) return;
    if (!recorded_.insert({path, subject.kind, hand.writer, component.path}).second) return;
    facts::Writable row;
    row.path = path;
    row.kind = subject.kind;
    row.service = subject.service;
    row.writer = hand.writer;
    row.via = hand.via;
    row.component = component.path;
    row.component_mode = component.stat.mode;
    row.owner = survey_.accounts.user_name(component.stat.uid);
    row.owner_group = survey_.accounts.group_name(component.stat.gid);
    withdrawal_.plan(row, hand, component);
    row.by_everyone = hand.everyone;
    if (!hand.everyone) {
      if (hand.samples.size() == 1) row.writer_uid = hand.samples[0].uid;
      row.by_worker = any(hand, [&](const auto& who) { return is_worker(who); });
      row.by_administrator =
          std::ranges::all_of(hand.samples, [&](const auto& who) { return is_administrator(who); });
      row.by_person = any(hand, [&](const auto& who) {
        return who.uid >= kFirstPerson && who.uid != kNobody && !is_worker(who);
      });
    }
    row.privileged = subject.privileged;
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  Withdrawal withdrawal_;
  std::set<std::uint32_t> workers_;
  std::map<std::string, std::vector<Hand>> hands_;
  std::map<std::string, Way, std::less<>> ways_;
  std::set<std::array<std::string, 4>> recorded_;  // one file may be spelled in several ways
};

}  // namespace

void find_exposed_files(Survey& survey) {
  record_memberships(survey);
  if (!survey.knows_accounts()) return;
  Exposure exposure(survey);
  const auto of_root = find_privileges(survey);
  for (const auto& subject : subjects(survey, of_root)) exposure.judge(subject);
  for (const auto& root : survey.document_roots) exposure.walk(root);
  find_readable_secrets(survey, of_root);
}

}  // namespace stackaudit::stack

// Whether an open will succeed, and what there is to say of it: the way to the file component by
// component, and the fences of the unit around the process.
#include "stack/rights/grant.hpp"
#include "stack/runtime_places.hpp"
#include "stack/survey.hpp"
#include "text/mode.hpp"
#include "tree/resolve.hpp"

#include <cerrno>
#include <set>

namespace stackaudit::stack {
namespace {

std::string_view type_word(tree::FileType type) {
  switch (type) {
    case tree::FileType::directory:
      return "directory";
    case tree::FileType::socket:
      return "socket";
    default:
      return "file";
  }
}

// "drwxr-x--- root www-data", as namei -l has it.
std::string rights_words(const tree::Stat& stat, const tree::Accounts& accounts) {
  static constexpr std::string_view kTypes = "-dlspcb";
  std::string text(1, kTypes[static_cast<std::size_t>(stat.type)]);
  text += text::nine_letters(stat.mode);
  const auto special = [&](std::size_t at, unsigned bit, char set) {
    if ((stat.mode & bit) == 0) return;
    text[at] = text[at] == 'x' ? set : static_cast<char>(set - 'a' + 'A');
  };
  special(3, 04000U, 's');
  special(6, 02000U, 's');
  special(9, 01000U, 't');
  return text + " " + accounts.user_name(stat.uid) + " " + accounts.group_name(stat.gid);
}

std::string acl_words(const tree::Acl& acl, const tree::Accounts& accounts) {
  using Tag = tree::AclEntry::Tag;
  std::string text;
  for (const auto& entry : acl) {
    std::string name;
    if (entry.tag == Tag::user) name = "u:" + accounts.user_name(entry.id);
    if (entry.tag == Tag::group) name = "g:" + accounts.group_name(entry.id);
    if (entry.tag == Tag::group_owner) name = "g:";
    if (entry.tag == Tag::mask) name = "m:";
    if (name.empty()) continue;
    text += (text.empty() ? " acl " : ",") + name + ":" + text::letters(entry.rights);
  }
  return text;
}

// Each component once, in the order of the walk, the refusing one marked.
std::string way_words(const tree::Tree& tree, const tree::Accounts& accounts,
                      const tree::Verdict& verdict) {
  std::string text;
  std::set<std::string_view> said;
  for (const auto& step : verdict.steps) {
    if (!said.insert(step.path).second) continue;
    text += (text.empty() ? "" : "\n") + step.path + "\t" + rights_words(step.stat, accounts);
    if (step.stat.type == tree::FileType::symlink) continue;
    if (const auto acl = tree.acl(step.path); acl && !acl->empty())
      text += acl_words(*acl, accounts);
    if (step.path == verdict.component) text += "  <- refuses";
  }
  return text;
}

// The fence that the path lies behind: the one with the longest path decides.
const Fence* fence_of(const Actor& actor, std::string_view path) {
  const Fence* found = nullptr;
  if (actor.fences == nullptr) return found;
  for (const auto& fence : *actor.fences)
    if (tree::is_within(path, fence.path) &&
        (found == nullptr || fence.path.size() >= found->path.size()))
      found = &fence;
  return found;
}

bool writes(tree::Operation operation) {
  return operation == tree::Operation::append || operation == tree::Operation::create ||
         operation == tree::Operation::write || operation == tree::Operation::replace;
}

// Records that the unit's own settings refuse what the files would allow.
void keep_out(const Actor& actor, const Open& open, const tree::Verdict& verdict,
              facts::Access& row) {
  const auto* fence = fence_of(actor, verdict.path.empty() ? open.path : verdict.path);
  if (fence == nullptr || fence->kind == Fence::Kind::writable) return;
  const bool hidden = fence->kind == Fence::Kind::hidden;
  if (!hidden && !writes(open.operation)) return;
  // What is mounted there is empty, root's, and not read-only unless that is said.
  const bool fresh = fence->setting.starts_with("TemporaryFileSystem=") &&
                     !fence->setting.ends_with(":ro") && actor.who.uid == 0;
  const auto target = verdict.path.empty() ? std::string_view(open.path) : verdict.path;
  const bool made =
      open.operation == tree::Operation::append || open.operation == tree::Operation::create;
  if (fresh && made && tree::dirname(target) == fence->path) return;
  row.allowed = false;
  const bool empty = actor.who.uid == 0 || fence->setting.starts_with("TemporaryFileSystem");
  row.error = !hidden ? "EROFS" : empty ? "ENOENT" : "EACCES";
  row.component = fence->path;
  row.why = fence->setting + (hidden ? " hides " : " makes read-only ") + fence->path;
  row.fence_path = fence->place.path;
  row.fence_line = fence->place.line;
}

}  // namespace

facts::Access Survey::access_row(const Actor& actor, const Open& open) {
  facts::Access row;
  static_cast<facts::Place&>(row) = open.place;
  row.service = actor.service;
  row.process = actor.process;
  row.user = actor.who.name;
  row.uid = actor.who.uid;
  row.gid = actor.who.gid;
  row.operation = tree::operation_name(open.operation);
  row.purpose = open.purpose;
  row.target = open.path;
  row.required = open.required;
  row.moment = open.moment;
  row.effect = open.effect;
  return row;
}

tree::Verdict Survey::open(const Actor& actor, const Open& open) {
  auto verdict = tree::may(tree, accounts, actor.who, open.operation, open.path);
  if (verdict.blind) {
    blind(open.place, "access", open.path,
          "cannot be looked at: " + tree::errno_words(verdict.error), true);
    return verdict;
  }
  auto row = access_row(actor, open);
  if (!verdict.path.empty()) row.target = verdict.path;
  row.allowed = verdict.error == 0;
  if (verdict.error != 0) {
    row.error = tree::errno_name(verdict.error);
    row.component = verdict.component;
    row.why = verdict.why;
  }
  if (verdict.error == EACCES || verdict.error == EPERM) {
    row.component_type = type_word(verdict.component_stat.type);
    row.component_mode = verdict.component_stat.mode;
    row.component_owner = accounts.user_name(verdict.component_stat.uid);
    row.component_group = accounts.group_name(verdict.component_stat.gid);
    auto grant = smallest_grant(tree, accounts, actor.who, open.operation, verdict);
    row.grant = std::move(grant.words);
    row.grant_kind = grant.kind;
    row.grant_mode = grant.mode;
    row.grant_group = std::move(grant.group);
    row.grant_acl = std::move(grant.acl);
    row.grant_gains = std::move(grant.gains);
    row.way = way_words(tree, accounts, verdict);
  }
  // What the boot makes is not here to be looked at; a fence around it is.
  if (verdict.error == 0 || (verdict.error == ENOENT && is_made_at_run_time(open.path)))
    keep_out(actor, open, verdict, row);
  facts.add(std::move(row));
  return verdict;
}

void Survey::open_new_in(const Actor& actor, Open open) {
  if (state_of(open.path, "directory") != "found") return;
  open.operation = tree::Operation::create;
  open.path += "/.new";
  this->open(actor, open);
}

}  // namespace stackaudit::stack

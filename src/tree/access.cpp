// acl_permission_check and generic_permission of the kernel's fs/namei.c, posix_acl_permission of
// fs/posix_acl.c, over what a Tree knows.
#include "tree/access.hpp"

#include "text/mode.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace stackaudit::tree {
namespace {

constexpr std::array<std::string_view, 8> kOperationNames{"stat",    "read",   "write",  "search",
                                                          "connect", "append", "create", "replace"};
constexpr std::uint8_t kRead = 4, kWrite = 2, kSearch = 1;
using Tag = AclEntry::Tag;

// Which entry decides about the rights wanted, and what it gives.
struct Decision {
  bool allowed = false;
  Tag tag = Tag::other;
  std::uint32_t id = 0;
  std::uint8_t rights = 0;             // of the entry
  std::optional<std::uint8_t> masked;  // after the mask, where an ACL has one that applies
};

std::uint8_t class_rights(const Stat& stat, unsigned shift) {
  return static_cast<std::uint8_t>((stat.mode >> shift) & 7U);
}

Decision decide(Tag tag, std::uint32_t id, std::uint8_t rights, std::uint8_t wanted) {
  return {(rights & wanted) == wanted, tag, id, rights, std::nullopt};
}

Decision decide_masked(const AclEntry& entry, const Acl& acl, const Stat& stat,
                       std::uint8_t wanted) {
  const auto id = entry.tag == Tag::group_owner ? stat.gid : entry.id;
  auto decision = decide(entry.tag, id, entry.rights, wanted);
  const auto mask = std::ranges::find(acl, Tag::mask, &AclEntry::tag);
  if (mask == acl.end()) return decision;
  decision.masked = static_cast<std::uint8_t>(entry.rights & mask->rights);
  decision.allowed = (*decision.masked & wanted) == wanted;
  return decision;
}

// A group entry decides when it alone has all that is wanted; if several match and none has, the
// first of them is named.
Decision decide_by_acl(const Principal& who, const Stat& stat, const Acl& acl,
                       std::uint8_t wanted) {
  for (const auto& entry : acl)
    if (entry.tag == Tag::user && entry.id == who.uid)
      return decide_masked(entry, acl, stat, wanted);
  const AclEntry* first = nullptr;
  for (const auto& entry : acl) {
    const bool matches = (entry.tag == Tag::group_owner && who.in_group(stat.gid)) ||
                         (entry.tag == Tag::group && who.in_group(entry.id));
    if (!matches) continue;
    if ((entry.rights & wanted) == wanted) return decide_masked(entry, acl, stat, wanted);
    if (first == nullptr) first = &entry;
  }
  if (first != nullptr) return decide_masked(*first, acl, stat, wanted);
  return decide(Tag::other, 0, class_rights(stat, 0), wanted);
}

// The kernel asks the ACL only when the group bits (with an ACL: the mask) are not empty.
Decision decide_by_entries(const Principal& who, const Stat& stat, const Acl& acl,
                           std::uint8_t wanted) {
  if (who.uid == stat.uid) return decide(Tag::user_owner, stat.uid, class_rights(stat, 6), wanted);
  if (!acl.empty() && class_rights(stat, 3) != 0) return decide_by_acl(who, stat, acl, wanted);
  if (who.in_group(stat.gid))
    return decide(Tag::group_owner, stat.gid, class_rights(stat, 3), wanted);
  return decide(Tag::other, 0, class_rights(stat, 0), wanted);
}

bool capable(const Principal& who, const Stat& stat, std::uint8_t wanted) {
  const bool writes = (wanted & kWrite) != 0;
  if (stat.type == FileType::directory)
    return who.capabilities.dac_override || (!writes && who.capabilities.dac_read_search);
  if (wanted == kRead && who.capabilities.dac_read_search) return true;
  const bool executes = (wanted & kSearch) != 0;
  return who.capabilities.dac_override && (!executes || (stat.mode & 0111U) != 0);
}

std::string shown_mode(const Stat& stat, const Accounts& accounts) {
  return "mode " + text::octal(stat.mode) + ", " + accounts.user_name(stat.uid) + ":" +
         accounts.group_name(stat.gid);
}

std::string entry_words(const Decision& decision, const Accounts& accounts, bool acl) {
  switch (decision.tag) {
    case Tag::user_owner:
      return "owner " + accounts.user_name(decision.id) + " has ";
    case Tag::user:
      return "ACL entry user:" + accounts.user_name(decision.id) + " has ";
    case Tag::group_owner:
      return "group " + accounts.group_name(decision.id) + " has ";
    case Tag::group:
      return "ACL entry group:" + accounts.group_name(decision.id) + " has ";
    default:
      return acl ? "no ACL entry matches, others have " : "others have ";
  }
}

std::string explain(const Decision& decision, const Stat& stat, const Acl& acl,
                    const Accounts& accounts, std::uint8_t wanted) {
  auto text = entry_words(decision, accounts, !acl.empty()) + text::letters(decision.rights);
  if (decision.masked && *decision.masked != decision.rights)
    text += ", cut to " + text::letters(*decision.masked) + " by the ACL mask";
  text += ", " + text::short_letters(wanted) + " needed (" + shown_mode(stat, accounts);
  return text + (acl.empty() ? ")" : ", with ACL)");
}

class Judge {
 public:
  Judge(const Tree& tree, const Accounts& accounts, const Principal& who,
        const Protection& protection)
      : tree_(tree), accounts_(accounts), who_(who), protection_(protection) {}

  Verdict run(Operation operation, std::string_view path) {
    // A file is never made under a name with a trailing slash; a directory is.
    const bool slash = path.size() > 1 && path.ends_with('/');
    const bool by_name = on_parent(operation) || (operation == Operation::append && slash);
    while (by_name && path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto last = operation == Operation::append ? LastLink::make : LastLink::follow;
    auto end = walk(tree_, path, by_name ? LastLink::keep : last);
    out_.path = end.path;
    out_.steps = std::move(end.steps);
    if (!search_all()) return std::move(out_);
    if (end.error != 0 && !(end.end_missing && makes(operation))) return fail_with(end);
    if (operation == Operation::append && slash) return fail(EISDIR, end.path);
    if (end.error != 0 || on_parent(operation)) {
      judge_parent(operation, end);
    } else {
      judge_end(operation, end);
    }
    return std::move(out_);
  }

 private:
  // Operations on a name in a directory rather than on the file behind it.
  static bool on_parent(Operation operation) {
    return operation == Operation::create || operation == Operation::replace;
  }
  static bool makes(Operation operation) {
    return on_parent(operation) || operation == Operation::append;
  }

  Verdict&& fail(int error, const std::string& component) {
    out_.error = error;
    out_.component = component;
    return std::move(out_);
  }

  Verdict&& fail_with(const Resolution& end) {
    const bool known = end.error == ENOENT || end.error == ENOTDIR || end.error == ELOOP ||
                       end.error == ENAMETOOLONG || end.error == EISDIR;
    out_.blind = !known;
    return fail(end.error, end.path);
  }

  // Whether the directories that were searched let the process through. The last step is the end of
  // the path, except where the walk failed behind it.
  bool search_all() {
    const auto& steps = out_.steps;
    return std::ranges::all_of(steps, [&](const Step& step) {
      const bool is_end = &step == &steps.back() && step.path == out_.path;
      if (step.trailing_link && &step != &steps.front()) return follows(*(&step - 1), step);
      return step.stat.type != FileType::directory || is_end || permits(step, kSearch);
    });
  }

  // may_follow_link of fs/namei.c.
  bool follows(const Step& directory, const Step& link) {
    const bool shared = (directory.stat.mode & 01002U) == 01002U;
    const bool trusted = link.stat.uid == who_.uid || link.stat.uid == directory.stat.uid;
    if (!protection_.symlinks || !shared || trusted) return true;
    out_.component_stat = link.stat;
    out_.why = "the link is in a sticky directory that everybody may write and belongs to " +
               accounts_.user_name(link.stat.uid) +
               ", neither the process nor the directory's owner (fs.protected_symlinks)";
    return fail(EACCES, link.path), false;
  }

  // may_create_in_sticky: an open that could make the file and finds that of somebody else.
  bool trusts(const Resolution& end) {
    const auto directory = tree_.lstat(dirname(end.path));
    if (!directory || (directory->mode & 01000U) == 0) return true;
    const bool pipe = end.stat.type == FileType::fifo;
    const int level = pipe ? protection_.fifos : protection_.regular;
    const bool kept = pipe || end.stat.type == FileType::regular;
    if ((kept && level == 0) || end.stat.uid == directory->uid || end.stat.uid == who_.uid)
      return true;
    const bool by_all = (directory->mode & 02U) != 0;
    if (!by_all && !(kept && level >= 2 && (directory->mode & 020U) != 0)) return true;
    out_.component_stat = end.stat;
    out_.why = "the file is in a sticky directory that others may write and belongs to " +
               accounts_.user_name(end.stat.uid) +
               ", neither the process nor the directory's owner (fs.protected_regular)";
    return fail(EACCES, end.path), false;
  }

  bool permits(const Step& step, std::uint8_t wanted) {
    if (capable(who_, step.stat, wanted)) return true;
    const auto acl =
        step.stat.type == FileType::symlink ? Result<Acl>(Acl{}) : tree_.acl(step.path);
    if (!acl) {
      out_.blind = true;
      return fail(acl.error(), step.path), false;
    }
    const auto decision = decide_by_entries(who_, step.stat, *acl, wanted);
    if (decision.allowed) return true;
    out_.component_stat = step.stat;
    out_.why = explain(decision, step.stat, *acl, accounts_, wanted);
    return fail(EACCES, step.path), false;
  }

  void judge_end(Operation operation, const Resolution& end) {
    const Step step{end.path, end.stat};
    const auto type = end.stat.type;
    switch (operation) {
      case Operation::read:
        if (permits(step, kRead) && type == FileType::socket) fail(ENXIO, end.path);
        break;
      case Operation::write:
      case Operation::append:
        if (type == FileType::directory) {
          fail(EISDIR, end.path);
        } else if (operation == Operation::append && !trusts(end)) {
          break;
        } else if (permits(step, kWrite) && type == FileType::socket) {
          fail(ENXIO, end.path);
        }
        break;
      case Operation::search:
        if (type != FileType::directory) {
          fail(ENOTDIR, end.path);
        } else {
          static_cast<void>(permits(step, kSearch));
        }
        break;
      case Operation::connect:
        if (permits(step, kWrite) && type != FileType::socket) fail(ECONNREFUSED, end.path);
        break;
      default:
        break;
    }
  }

  void judge_parent(Operation operation, const Resolution& end) {
    const auto parent_path = std::string(dirname(end.path));
    const auto parent_stat = tree_.lstat(parent_path);
    if (!parent_stat) {
      out_.blind = true;
      fail(parent_stat.error(), parent_path);
      return;
    }
    const Step parent{parent_path, *parent_stat};
    if (!permits(parent, kWrite | kSearch) || operation != Operation::replace || end.error != 0)
      return;
    const bool sticky = (parent.stat.mode & 01000U) != 0;
    const bool mine = who_.uid == end.stat.uid || who_.uid == parent.stat.uid;
    if (!sticky || mine || who_.capabilities.fowner) return;
    out_.component_stat = parent.stat;
    out_.why = "the directory is sticky (" + shown_mode(parent.stat, accounts_) + "): only " +
               accounts_.user_name(end.stat.uid) + ", the owner of the file, or " +
               accounts_.user_name(parent.stat.uid) + ", its own, may replace " + end.path;
    fail(EPERM, parent.path);
  }

  const Tree& tree_;
  const Accounts& accounts_;
  const Principal& who_;
  const Protection& protection_;
  Verdict out_;
};

}  // namespace

std::string_view operation_name(Operation operation) {
  return kOperationNames[static_cast<std::size_t>(operation)];
}

std::optional<Operation> operation_named(std::string_view word) {
  const auto* const found = std::ranges::find(kOperationNames, word);
  if (found == kOperationNames.end()) return std::nullopt;
  return static_cast<Operation>(found - kOperationNames.begin());
}

Verdict may(const Tree& tree, const Accounts& accounts, const Principal& who, Operation operation,
            std::string_view path, const Protection& protection) {
  return Judge(tree, accounts, who, protection).run(operation, path);
}

std::uint8_t rights_of(const Principal& who, const Stat& stat, const Acl& acl) {
  unsigned rights = 0;
  for (const std::uint8_t right : {kRead, kWrite, kSearch})
    if (decide_by_entries(who, stat, acl, right).allowed) rights |= right;
  return static_cast<std::uint8_t>(rights);
}

}  // namespace stackaudit::tree

#include "stack/grant.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace stackaudit::stack {
namespace {

using tree::Operation;

// A tree in which one file has other rights.
class Changed final : public tree::Tree {
 public:
  Changed(const tree::Tree& under, std::string path, tree::Stat stat)
      : under_(under), path_(std::move(path)), stat_(stat) {}

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
  tree::Result<tree::Acl> acl(std::string_view path) const override { return under_.acl(path); }

 private:
  const tree::Tree& under_;
  std::string path_;
  tree::Stat stat_;
};

std::string octal(std::uint32_t mode) {
  std::string text = "0000";
  for (unsigned i = 0; i < 4; ++i) text[3 - i] = static_cast<char>('0' + ((mode >> (3 * i)) & 7U));
  return text;
}

bool is_secret(std::string_view purpose) {
  static constexpr std::array<std::string_view, 5> kSecrets{"key", "password-file", "configuration",
                                                            "wp-config", "environment"};
  return std::ranges::find(kSecrets, purpose) != kSecrets.end();
}

class Search {
 public:
  Search(const tree::Tree& tree, const tree::Accounts& accounts, const tree::Principal& who,
         Operation operation, std::string_view purpose, const tree::Verdict& verdict)
      : tree_(tree),
        accounts_(accounts),
        who_(who),
        operation_(operation),
        purpose_(purpose),
        verdict_(verdict),
        stat_(verdict.component_stat) {}

  Grant run() {
    if (stat_.type == tree::FileType::socket)
      return {"let the service that makes the socket give " + who_.name +
                  " the right to write: its listen owner, group and mode",
              {}};
    const auto acl = tree_.acl(verdict_.component);
    if (acl && !acl->empty()) return by_acl();
    if (who_.uid == stat_.uid) return mode(stat_.mode | (rights() << 6U));
    if (who_.in_group(stat_.gid)) return mode(stat_.mode | (rights() << 3U));
    if (writes()) return by_owner();
    return for_others();
  }

 private:
  [[nodiscard]] bool is_end() const { return verdict_.component == verdict_.path; }

  [[nodiscard]] bool on_parent() const {
    const bool makes = operation_ == Operation::create || operation_ == Operation::replace ||
                       operation_ == Operation::append;
    return makes && !is_end() && verdict_.component == tree::dirname(verdict_.path);
  }

  [[nodiscard]] bool writes() const { return (rights() & 2U) != 0; }

  [[nodiscard]] std::uint32_t rights() const {
    if (on_parent()) return 3;
    if (!is_end() || operation_ == Operation::search) return 1;
    return operation_ == Operation::read ? 4 : 2;
  }

  [[nodiscard]] bool helps(const tree::Stat& stat) const {
    const Changed changed(tree_, verdict_.component, stat);
    const auto after = tree::may(changed, accounts_, who_, operation_, verdict_.path);
    return after.error == 0 || after.component != verdict_.component;
  }

  [[nodiscard]] Grant mode(std::uint32_t mode) const {
    auto changed = stat_;
    changed.mode = mode;
    if (!helps(changed)) return {};
    return {"chmod " + octal(mode) + " " + verdict_.component, mode};
  }

  [[nodiscard]] Grant by_acl() const {
    std::string letters;
    if ((rights() & 4U) != 0) letters += 'r';
    if ((rights() & 2U) != 0) letters += 'w';
    if ((rights() & 1U) != 0) letters += 'x';
    const auto entry = who_.uid == stat_.uid
                           ? "u::" + octal((stat_.mode >> 6U) | rights()).substr(3)
                           : std::string();
    return {"setfacl -m " + (entry.empty() ? "u:" + who_.name + ":" + letters : entry) + " " +
                verdict_.component,
            {}};
  }

  [[nodiscard]] Grant by_owner() const {
    auto changed = stat_;
    changed.uid = who_.uid;
    changed.mode |= rights() << 6U;
    if (!helps(changed)) return {};
    auto words = "chown " + who_.name + " " + verdict_.component;
    if (changed.mode != stat_.mode)
      words += " and chmod " + octal(changed.mode) + " " + verdict_.component;
    return {std::move(words), {}};
  }

  // A directory may let everybody through, a file that is no secret be read by everybody; unless it
  // is kept for a group, to which the process had better be admitted.
  [[nodiscard]] Grant for_others() const {
    const bool is_directory = stat_.type == tree::FileType::directory;
    const bool for_a_group = (stat_.mode >> 3U & rights()) == rights() && stat_.gid != 0;
    const bool secret = !is_directory && is_secret(purpose_);
    if (!for_a_group && !secret) {
      auto mode_bits = stat_.mode | rights() | (rights() << 3U);
      if ((stat_.mode & 0700U) == 0) mode_bits |= is_directory ? 0700U : 0600U;
      return mode(mode_bits);
    }
    auto changed = stat_;
    changed.gid = who_.gid;
    changed.mode |= rights() << 3U;
    if (!helps(changed)) return {};
    auto words = "chgrp " + accounts_.group_name(who_.gid) + " " + verdict_.component;
    if (changed.mode != stat_.mode)
      words += " and chmod " + octal(changed.mode) + " " + verdict_.component;
    if (for_a_group)
      words += ", or make " + who_.name + " a member of group " + accounts_.group_name(stat_.gid);
    return {std::move(words), {}};
  }

  const tree::Tree& tree_;
  const tree::Accounts& accounts_;
  const tree::Principal& who_;
  Operation operation_;
  std::string_view purpose_;
  const tree::Verdict& verdict_;
  tree::Stat stat_;
};

}  // namespace

Grant smallest_grant(const tree::Tree& tree, const tree::Accounts& accounts,
                     const tree::Principal& who, Operation operation, std::string_view purpose,
                     const tree::Verdict& verdict) {
  if (verdict.error != EACCES || verdict.component.empty()) return {};
  return Search(tree, accounts, who, operation, purpose, verdict).run();
}

}  // namespace stackaudit::stack

// Every question goes to the part; only its "no such file" is looked at twice.
#include "tree/fragment_tree.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fnmatch.h>
#include <utility>

namespace stackaudit::tree {
namespace {

// Directories that are filled from many sides: that a part has one of them says nothing of the
// next name in it.
constexpr auto kShared = std::to_array<std::string_view>({"/",
                                                          "/etc",
                                                          "/home",
                                                          "/media",
                                                          "/mnt",
                                                          "/opt",
                                                          "/run",
                                                          "/srv",
                                                          "/tmp",
                                                          "/usr",
                                                          "/usr/bin",
                                                          "/usr/lib",
                                                          "/usr/libexec",
                                                          "/usr/local",
                                                          "/usr/local/bin",
                                                          "/usr/local/etc",
                                                          "/usr/local/lib",
                                                          "/usr/local/sbin",
                                                          "/usr/local/share",
                                                          "/usr/sbin",
                                                          "/usr/share",
                                                          "/var",
                                                          "/var/cache",
                                                          "/var/lib",
                                                          "/var/log",
                                                          "/var/run",
                                                          "/var/spool",
                                                          "/var/tmp",
                                                          "/var/www"});

bool is_shared(std::string_view directory) {
  return std::ranges::find(kShared, directory) != kShared.end();
}

// The directory that must be there for the absence of `path` to mean something: "/srv/www" of
// "/srv/www/index.html", "/etc/ssl" of "/etc/ssl/private/a.key", "/var/log/nginx" of its logs.
std::string_view anchor(std::string_view path) {
  auto end = path.find('/', 1);
  while (end != std::string_view::npos && is_shared(path.substr(0, end)))
    end = path.find('/', end + 1);
  return path.substr(0, end);
}

// Programs and content come from elsewhere, directory by directory; a directory of settings is
// whole. A name without an extension is taken for a directory's.
bool may_be_content(std::string_view path) {
  return !is_within(path, "/etc") && !is_within(path, "/usr/local/etc") &&
         basename(path).find('.', 1) == std::string_view::npos;
}

bool has_any_of(const Tree& tree, std::initializer_list<std::string_view> paths) {
  return std::ranges::any_of(paths, [&](auto path) { return bool(tree.lstat(path)); });
}

// Whether there are settings of anything; accounts are none.
bool has_settings(const Tree& tree) {
  const auto names = tree.list("/etc");
  return names && std::ranges::any_of(*names, [](const std::string& name) {
           return name != "passwd" && name != "group";
         });
}

}  // namespace

FragmentTree::FragmentTree(const Tree& part, std::vector<std::string> brought)
    : AbsenceTree(part), brought_(std::move(brought)), has_accounts_(part.lstat("/etc/passwd")) {}

bool FragmentTree::is_fragment(const Tree& tree) {
  if (!has_any_of(tree, {"/usr", "/bin"})) return true;
  return (has_settings(tree) ||
          has_any_of(tree, {"/usr/local/etc/php-fpm.d", "/usr/local/etc/php-fpm.conf"})) &&
         !has_any_of(tree, {"/etc/passwd", "/bin/sh", "/usr/bin/sh", "/usr/bin/env"});
}

int FragmentTree::absence(std::string_view path) const {
  const bool whole_etc = has_accounts_ && is_within(path, "/etc");
  if (!under_.lstat(anchor(path)) || (!has_accounts_ && may_be_content(path)))
    return kNotInFragment;
  const std::string name(path);
  const auto brings = [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  };
  return !whole_etc && std::ranges::any_of(brought_, brings) ? kNotInFragment : ENOENT;
}

Result<Stat> FragmentTree::lstat(std::string_view path) const {
  auto answer = judged(under_.lstat(path), path);
  if (!answer || has_accounts_) return answer;
  auto stat = *answer;
  stat.uid = stat.gid = 0;
  stat.mode |= stat.type == FileType::directory ? 0555U : 0444U;
  stat.mode &= ~022U;
  return stat;
}
Result<Acl> FragmentTree::acl(std::string_view path) const {
  auto answer = judged(under_.acl(path), path);
  if (answer && !has_accounts_) return Acl{};
  return answer;
}

}  // namespace stackaudit::tree

// Names alone are looked at, so that the question costs little where the answer is no; the settings
// of this machine are searched for a repository's path only where it looks like a checkout.
#include "cli/checkout.hpp"

#include "stack/entries/entry_walk.hpp"
#include "stack/entries/recognise.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace stackaudit::cli {
namespace {

constexpr int kDeepest = 8;
constexpr std::size_t kMostDirectories = 1000;
// Where the system keeps its own settings and programs.
constexpr auto kSystem = std::to_array<std::string_view>(
    {"/etc", "/usr", "/lib", "/run", "/var/lib", "/var/spool", "/boot", "/proc", "/sys", "/dev"});
// Whose settings are no server's that somebody starts.
constexpr auto kSkipped = std::to_array<std::string_view>({"vendor", "tests", "test"});

// Below which servers, and what starts them, are told of their configuration.
constexpr auto kSettings = std::to_array<std::string_view>(
    {"/etc/apache2", "/etc/default", "/etc/httpd", "/etc/nginx", "/etc/openresty", "/etc/php",
     "/etc/php-fpm.d", "/etc/supervisor", "/etc/sysconfig", "/etc/systemd/system"});
constexpr std::size_t kLongest = 1U << 20U;  // of a file of settings, in bytes
// A machine has one main file of a server, and few more where it runs several of them.
constexpr int kManyMainFiles = 3;

struct Seen {
  bool container = false;
  std::map<std::string, int> main_files;  // by their kind
  std::size_t directories = 0;
  [[nodiscard]] bool is_image() const { return container && !main_files.empty(); }
  [[nodiscard]] bool has_variants() const {
    return std::ranges::any_of(main_files,
                               [](const auto& each) { return each.second >= kManyMainFiles; });
  }
};

void look(const tree::Tree& tree, const std::string& directory, int depth, Seen& seen) {
  if (depth > kDeepest || seen.is_image() || ++seen.directories > kMostDirectories) return;
  const auto names = tree.list(directory);
  if (!names) return;
  for (const auto& name : *names) {
    seen.container = seen.container || stack::is_container_file(name);
    if (auto kind = stack::kind_of_main_file(name); !kind.empty()) ++seen.main_files[kind];
  }
  for (const auto& name : *names) {
    const auto path = tree::join(directory, name);
    if (stack::is_passed_over(name) || text::is_one_of(name, kSkipped)) continue;
    if (const auto stat = tree.lstat(path); stat && stat->type == tree::FileType::directory)
      look(tree, path, depth + 1, seen);
  }
}

// Whether the directory of this machine lies in one of these, or a link or a file below it names
// one.
bool leads_to(const tree::Tree& tree, const std::string& directory,
              const std::vector<std::string>& targets, int depth) {
  const auto leads = [&](const std::string& path) {
    const auto end = tree::resolve(tree, path).path;
    return std::ranges::any_of(
        targets, [&](const std::string& target) { return tree::is_within(end, target); });
  };
  if (leads(directory)) return true;
  const auto names = tree.list(directory);
  if (!names || depth > kDeepest) return false;
  return std::ranges::any_of(*names, [&](const std::string& name) {
    const auto path = tree::join(directory, name);
    const auto stat = tree.lstat(path);
    if (!stat) return false;
    if (stat->type == tree::FileType::directory) return leads_to(tree, path, targets, depth + 1);
    if (stat->type == tree::FileType::symlink) return leads(path);
    const auto text = tree.read(path, kLongest);
    return text && text::contains_any(*text, targets);
  });
}

// The target, and the directory around it where that is no whole part of the system: "/srv/web" of
// "/srv/web/shop".
std::vector<std::string> names_of(const std::string& target) {
  std::vector<std::string> names{target};
  const auto around = std::string(tree::dirname(target));
  if (std::ranges::count(around, '/') > 1) names.push_back(around);
  return names;
}

bool is_used_here(const tree::Tree& tree, const std::string& target) {
  const auto names = names_of(target);
  return std::ranges::any_of(kSettings, [&](std::string_view directory) {
    return leads_to(tree, std::string(directory), names, 0);
  });
}

Checkout kind_of(const tree::Tree& tree, const std::string& target) {
  const auto end = tree::resolve(tree, target);
  const bool system = std::ranges::any_of(kSystem, [&](std::string_view own) {
    return tree::is_within(end.path, own) || tree::is_within(own, end.path);
  });
  if (!end || end.stat.type != tree::FileType::directory || system) return Checkout::none;
  Seen seen;
  look(tree, end.path, 0, seen);
  if (seen.is_image()) return Checkout::image;
  const bool versioned = !seen.main_files.empty() && tree.lstat(tree::join(end.path, ".git"));
  if ((!versioned && !seen.has_variants()) || is_used_here(tree, end.path)) return Checkout::none;
  return versioned ? Checkout::repository : Checkout::variants;
}

}  // namespace

Checkout checkout_of(const tree::Tree& tree, const std::vector<std::string>& targets) {
  auto all = Checkout::none;
  for (const auto& target : targets) {
    const auto one = kind_of(tree, target);
    if (one == Checkout::none) return one;
    all = std::max(all, one);
  }
  return all;
}

}  // namespace stackaudit::cli

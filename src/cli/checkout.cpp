// Names alone are looked at, so that the question costs little where the answer is no.
#include "cli/checkout.hpp"

#include "stack/entries/recognise.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace stackaudit::cli {
namespace {

constexpr int kDeepest = 8;
constexpr std::size_t kMostDirectories = 1000;
// Where the system keeps its own settings and programs.
constexpr auto kSystem = std::to_array<std::string_view>(
    {"/etc", "/usr", "/lib", "/run", "/var/lib", "/var/spool", "/boot", "/proc", "/sys", "/dev"});
constexpr auto kSkipped =
    std::to_array<std::string_view>({".git", "vendor", "node_modules", "tests", "test"});

struct Seen {
  bool container = false, server = false;
  std::size_t directories = 0;
  [[nodiscard]] bool both() const { return container && server; }
};

void look(const tree::Tree& tree, const std::string& directory, int depth, Seen& seen) {
  if (depth > kDeepest || seen.both() || ++seen.directories > kMostDirectories) return;
  const auto names = tree.list(directory);
  if (!names) return;
  for (const auto& name : *names) {
    seen.container = seen.container || stack::is_container_file(name);
    seen.server = seen.server || !stack::kind_of_main_file(name).empty();
  }
  for (const auto& name : *names) {
    const auto path = tree::join(directory, name);
    if (std::ranges::find(kSkipped, name) != kSkipped.end()) continue;
    if (const auto stat = tree.lstat(path); stat && stat->type == tree::FileType::directory)
      look(tree, path, depth + 1, seen);
  }
}

}  // namespace

bool are_checkouts(const tree::Tree& tree, const std::vector<std::string>& targets) {
  return !targets.empty() && std::ranges::all_of(targets, [&](const std::string& target) {
    const auto end = tree::resolve(tree, target);
    if (!end || end.stat.type != tree::FileType::directory) return false;
    const bool system = std::ranges::any_of(kSystem, [&](std::string_view own) {
      return tree::is_within(end.path, own) || tree::is_within(own, end.path);
    });
    Seen seen;
    if (!system) look(tree, end.path, 0, seen);
    return seen.both();
  });
}

}  // namespace stackaudit::cli

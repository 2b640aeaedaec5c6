// ENOENT below such a directory, or on the way to it, becomes kNotMounted.
#include "tree/unmounted_tree.hpp"

#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>
#include <utility>

namespace stackaudit::tree {
namespace {

// Made anew at each boot or by the kernel: there is nothing in them that could be missed.
constexpr std::array<std::string_view, 9> kEmpty{"tmpfs",    "ramfs",  "proc",    "sysfs", "devpts",
                                                 "devtmpfs", "cgroup", "cgroup2", "swap"};

void add(const Tree& tree, const std::string& where, const std::string& type,
         std::vector<std::string>& result) {
  const auto path = normalize(where);
  if (!path.starts_with('/') || path == "/") return;
  if (std::ranges::find(kEmpty, type) != kEmpty.end()) return;
  const auto names = list_directory(tree, path);
  if (names ? names->empty() : names.error() == ENOENT) result.push_back(path);
}

void read_table(const Tree& tree, std::vector<std::string>& result) {
  const auto content = read_file(tree, "/etc/fstab");
  if (!content) return;
  std::istringstream lines(*content);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what, where, type;
    if (words >> what >> where >> type && !what.starts_with('#')) add(tree, where, type, result);
  }
}

void read_unit(const Tree& tree, const std::string& path, std::vector<std::string>& result) {
  const auto content = read_file(tree, path);
  if (!content) return;
  std::string where, type;
  std::istringstream lines(*content);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Where=")) where = line.substr(6);
    if (line.starts_with("Type=")) type = line.substr(5);
  }
  if (!where.empty()) add(tree, where, type, result);
}

}  // namespace

std::vector<std::string> unmounted_directories(const Tree& tree) {
  std::vector<std::string> result;
  read_table(tree, result);
  for (const auto& path : glob(tree, "/etc/systemd/system/*.mount").paths)
    read_unit(tree, path, result);
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

UnmountedTree::UnmountedTree(const Tree& tree, std::vector<std::string> directories)
    : AbsenceTree(tree), directories_(std::move(directories)) {}

// What leads to a mount point is made with it.
int UnmountedTree::absence(std::string_view path) const {
  const bool concerned = std::ranges::any_of(directories_, [&](const std::string& directory) {
    return is_within(path, directory) || is_within(directory, path);
  });
  return concerned ? kNotMounted : ENOENT;
}

}  // namespace stackaudit::tree

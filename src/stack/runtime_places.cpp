// Two short lists of directories.
#include "stack/runtime_places.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 3> kKernels{"/dev", "/proc", "/sys"};
constexpr std::array<std::string_view, 2> kBoot{"/run", "/var/run"};

bool is_in(std::string_view path, const auto& places) {
  return std::ranges::any_of(places, [&](auto place) { return tree::is_within(path, place); });
}

}  // namespace

bool is_kernels(std::string_view path) {
  return is_in(path, kKernels);
}

bool is_made_at_run_time(std::string_view path) {
  return is_kernels(path) || is_in(path, kBoot);
}

std::string made_path(const tree::Tree& tree, std::string_view path) {
  const auto end = tree::resolve(tree, path);
  return end.end_missing ? end.path : tree::normalize(path);
}

}  // namespace stackaudit::stack

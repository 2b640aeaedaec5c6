// The load path is listed once; everything else is looked up in those lists.
#include "stack/systemd/search.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kSuffix = ".service";

// In the order in which they win.
constexpr std::array<std::string_view, 10> kLoadPath{
    "/etc/systemd/system.control", "/run/systemd/system.control",   "/run/systemd/transient",
    "/etc/systemd/system",         "/etc/systemd/system.attached",  "/run/systemd/system",
    "/run/systemd/generator",      "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
    "/lib/systemd/system"};
// Targets that nobody reaches in an ordinary boot.
constexpr std::array<std::string_view, 6> kOtherTargets{"rescue.target",   "emergency.target",
                                                        "poweroff.target", "reboot.target",
                                                        "halt.target",     "shutdown.target"};

bool wants_directory(std::string_view name) {
  for (const std::string_view suffix : {".wants", ".requires"})
    if (name.ends_with(suffix))
      return std::ranges::find(kOtherTargets, name.substr(0, name.size() - suffix.size())) ==
             kOtherTargets.end();
  return false;
}

bool is_instance(std::string_view name) {
  const auto at = name.find('@');
  return at != std::string_view::npos && at + 1 + kSuffix.size() < name.size();
}

bool is_template(std::string_view name) {
  return name.ends_with("@.service");
}

std::string template_of(std::string_view name) {
  return std::string(name.substr(0, name.find('@') + 1)) + std::string(kSuffix);
}

bool is_null_device(const tree::Tree& tree, const std::string& path) {
  const auto target = tree.readlink(path);
  return target && tree::normalize(tree::join(tree::dirname(path), *target)) == "/dev/null";
}

}  // namespace

UnitSearch::UnitSearch(const tree::Tree& tree) : tree_(tree) {
  for (const auto path : kLoadPath) {
    const auto end = tree::resolve(tree, path);
    if (!end || std::ranges::any_of(directories_,
                                    [&](const Directory& known) { return known.path == end.path; }))
      continue;
    auto names = tree.list(end.path);
    if (!names) {
      if (names.error() != ENOTDIR) unreadable_.push_back({end.path, names.error()});
      continue;
    }
    for (const auto& name : *names) {
      if (!wants_directory(name)) continue;
      const auto wants = tree::join(end.path, name);
      if (const auto inside = tree::list_directory(tree, wants))
        for (const auto& wanted : *inside) wanted_.emplace(wanted, tree::join(wants, wanted));
      else if (inside.error() != ENOTDIR && inside.error() != ENOENT)
        unreadable_.push_back({wants, inside.error()});
    }
    directories_.push_back({end.path, *std::move(names)});
  }
}

std::set<std::string> UnitSearch::service_names() const {
  std::set<std::string> result;
  for (const auto& directory : directories_)
    for (const auto& name : directory.names)
      if (name.ends_with(kSuffix) && !is_template(name)) result.insert(name);
  for (const auto& [name, link] : wanted_)
    if (name.ends_with(kSuffix) && is_instance(name)) result.insert(name);
  return result;
}

std::map<std::string, std::string, std::less<>> UnitSearch::wanted_in_vain() const {
  std::map<std::string, std::string, std::less<>> result;
  for (const auto& [name, link] : wanted_)
    if (name.ends_with(kSuffix) && fragment(name).path.empty()) result.emplace(name, link);
  return result;
}

std::set<std::string> UnitSearch::template_names() const {
  std::set<std::string> result;
  for (const auto& directory : directories_)
    for (const auto& name : directory.names)
      if (is_template(name)) result.insert(name);
  return result;
}

UnitSearch::Fragment UnitSearch::fragment(std::string_view name) const {
  for (const auto& directory : directories_) {
    if (!std::ranges::binary_search(directory.names, name)) continue;
    const auto path = tree::join(directory.path, name);
    if (is_null_device(tree_, path)) return {path, true, false, {}};
    const auto end = tree::resolve(tree_, path);
    if (end.error == ENOENT && tree_.readlink(path)) return {path, false, true, {}};
    if (!end || end.stat.type != tree::FileType::regular) continue;
    if (end.stat.size == 0 && end.path == path) return {path, true, false, {}};
    const auto target = tree::basename(end.path);
    const bool alias = target != name && target.ends_with(kSuffix) && !is_template(target);
    return {end.path, false, false, alias ? std::string(target) : std::string{}};
  }
  return is_instance(name) ? fragment(template_of(name)) : Fragment{};
}

std::vector<std::string> UnitSearch::drop_ins(const std::vector<std::string>& names) const {
  std::vector<std::string> folders;
  for (const auto& name : names)
    for (const auto& folder : drop_in_names(name))
      if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
  std::map<std::string, std::string> by_name;  // file name to path; the first directory wins
  for (const auto& directory : directories_)
    for (const auto& folder : folders) {
      const auto path = tree::join(directory.path, folder + ".d");
      if (!std::ranges::binary_search(directory.names, folder + ".d")) continue;
      if (const auto files = tree::list_directory(tree_, path))
        for (const auto& file : *files)
          if (file.ends_with(".conf") && !file.starts_with('.'))
            by_name.emplace(file, tree::join(path, file));
    }
  std::vector<std::string> result;
  for (const auto& [file, path] : by_name)
    if (!is_null_device(tree_, path)) result.push_back(path);
  return result;
}

bool UnitSearch::wanted_at_boot(const std::vector<std::string>& names) const {
  return std::ranges::any_of(names, [&](const std::string& name) {
    const auto socket = name.substr(0, name.size() - kSuffix.size()) + ".socket";
    return wanted_.contains(name) || wanted_.contains(socket);
  });
}

std::vector<std::string> drop_in_names(std::string_view name) {
  std::vector<std::string> result{std::string(name)};
  if (is_instance(name)) result.push_back(template_of(name));
  auto stem = name.substr(0, name.size() - std::min(name.size(), kSuffix.size()));
  for (auto dash = stem.rfind('-'); dash != std::string_view::npos && dash > 0;
       dash = stem.rfind('-', dash - 1))
    result.push_back(std::string(stem.substr(0, dash + 1)) + std::string(kSuffix));
  result.emplace_back("service");
  return result;
}

}  // namespace stackaudit::stack

// Reads tmpfiles.d as far as directories go: type, path, mode, user, group; and the lines that
// change what others have made.
#include "stack/systemd/boot.hpp"

#include "stack/account_sources.hpp"
#include "text/mode.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace stackaudit::stack {
namespace {

// A file hides those of the same name further down.
constexpr std::array<std::string_view, 4> kDirectories{
    "/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"};
constexpr std::string_view kDirectoryTypes = "dDvqQCe";
constexpr std::string_view kChangingTypes = "zZm";

// A line of either sort; of one that changes, "-" means that it leaves things as they are.
struct Line {
  char type;
  std::string path, mode, user, group;
  std::optional<facts::Place> place;
};

std::string canonical_run(std::string path) {
  path = tree::normalize(path);
  return tree::is_within(path, "/var/run") ? "/run" + path.substr(8) : path;
}

void read_lines(const std::string& path_of_file, const std::string& content,
                std::vector<Line>& result) {
  for (const auto& line : text::lines(content)) {
    std::istringstream words{std::string(line.text)};
    std::string type, path, mode = "-", user = "-", group = "-";
    if (!(words >> type >> path) || type[0] == '#') continue;
    words >> mode >> user >> group;
    if (!path.starts_with('/') || path.find('%') != std::string::npos || !is_boot_line(type, mode))
      continue;
    result.push_back({type[0],
                      canonical_run(path),
                      mode,
                      std::string(boot_account(user)),
                      std::string(boot_account(group)),
                      {}});
    if (path_of_file.starts_with("/etc/")) {
      result.back().place = Survey::whole_file(path_of_file);
      result.back().place->line = line.number;
    }
  }
}

BootDirectory made_by(const Line& line) {
  BootDirectory directory{line.path, 0755, line.user == "-" ? "root" : line.user,
                          line.group == "-" ? "root" : line.group, line.place};
  directory.mode = boot_mode(line.mode).value_or(directory.mode);
  return directory;
}

// Such lines come after all that make something, whatever the order of the files; the place is that
// of the last word on this machine.
void change(const Line& line, std::vector<BootDirectory>& directories) {
  for (auto& directory : directories) {
    if (directory.path != line.path) continue;
    directory.mode = boot_mode(line.mode).value_or(directory.mode);
    if (line.user != "-" && line.type != 'm') directory.user = line.user;
    if (line.group != "-" && line.type != 'm') directory.group = line.group;
    if (line.place) directory.place = line.place;
  }
}

// "/var/log/shop" of LogsDirectory=shop, with the owner that the unit's start gives it.
void add_own(const ServiceUnit& unit, std::vector<BootDirectory>& result) {
  const auto user = unit.user.value_or("root");
  const auto group = unit.group.value_or(user);
  for (const auto& name : unit.runtime_directories)
    result.push_back({canonical_run("/run/" + name.substr(0, name.find(':'))), unit.runtime_mode,
                      user, group, unit.runtime_mode_place});
  for (const auto& [base, own] : unit.own_directories)
    for (const auto& path : own.names)
      result.push_back({tree::normalize(path), own.mode, user, group, own.place});
}

}  // namespace

std::optional<std::uint32_t> boot_mode(std::string_view mode) {
  while (mode.starts_with('~') || mode.starts_with(':')) mode.remove_prefix(1);
  return text::read_octal(mode);
}

std::string_view boot_account(std::string_view word) {
  return word.substr(word.starts_with(':') ? 1 : 0);
}

bool is_boot_line(std::string_view type, std::string_view mode) {
  if (type.empty()) return false;
  const bool holds_text = type[0] == 'f' || type[0] == 'w';
  const std::string_view modifiers = holds_text ? "+!-=~^" : "+!-=~";
  type.remove_prefix(1);
  for (std::size_t i = 0; i < type.size(); ++i)
    if (modifiers.find(type[i]) == modifiers.npos || type.find(type[i], i + 1) != type.npos)
      return false;
  return mode == "-" || boot_mode(mode);
}

std::vector<BootDirectory> boot_directories(const Survey& survey,
                                            const std::vector<ServiceUnit>& units) {
  const auto& tree = survey.tree;
  std::map<std::string, std::string> files;
  for (const auto directory : kDirectories)
    for (const auto& path : tree::glob(tree, std::string(directory) + "/*.conf").paths)
      files.emplace(tree::basename(path), path);
  std::vector<Line> lines;
  for (const auto& [name, path] : files)
    if (const auto content = tree::read_file(tree, path)) read_lines(path, *content, lines);
  // "Failed to resolve user 'nginx': Unknown user": systemd-tmpfiles leaves such a line out.
  std::erase_if(lines, [&](const Line& line) {
    return (line.user != "-" && user_state(survey, line.user) == "missing") ||
           (line.group != "-" && group_state(survey, line.group) == "missing");
  });
  std::vector<BootDirectory> result;
  for (const auto& line : lines)
    if (kDirectoryTypes.find(line.type) != std::string_view::npos) result.push_back(made_by(line));
  for (const auto& line : lines)
    if (kChangingTypes.find(line.type) != std::string_view::npos) change(line, result);
  // The start of a unit comes after the boot's: what it says of a directory holds.
  std::vector<BootDirectory> own;
  for (const auto& unit : units) add_own(unit, own);
  result.insert(result.begin(), own.begin(), own.end());
  std::ranges::stable_sort(result, {}, &BootDirectory::path);
  return result;
}

}  // namespace stackaudit::stack

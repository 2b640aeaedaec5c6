// Reads tmpfiles.d as far as directories go: type, path, mode, user, group.
#include "stack/systemd/boot.hpp"

#include "stack/account_sources.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <sstream>

namespace stackaudit::stack {
namespace {

// A file hides those of the same name further down.
constexpr std::array<std::string_view, 4> kDirectories{
    "/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"};
constexpr std::string_view kDirectoryTypes = "dDvqQCe";

std::string canonical_run(std::string path) {
  path = tree::normalize(path);
  return tree::is_within(path, "/var/run") ? "/run" + path.substr(8) : path;
}

void read_lines(const std::string& path_of_file, const std::string& content,
                std::vector<BootDirectory>& result) {
  for (const auto& line : text::lines(content)) {
    std::istringstream words{std::string(line.text)};
    std::string type, path, mode = "-", user = "-", group = "-";
    if (!(words >> type >> path) || type[0] == '#') continue;
    words >> mode >> user >> group;
    if (kDirectoryTypes.find(type[0]) == std::string_view::npos || !path.starts_with('/') ||
        path.find('%') != std::string::npos)
      continue;
    BootDirectory directory{canonical_run(path), 0755, user == "-" ? "root" : user,
                            group == "-" ? "root" : group};
    const auto digits = std::min(mode.find_first_of("01234567"), mode.size());
    std::from_chars(mode.data() + digits, mode.data() + mode.size(), directory.mode, 8);
    if (path_of_file.starts_with("/etc/")) {
      directory.place = Survey::whole_file(path_of_file);
      directory.place->line = line.number;
    }
    result.push_back(std::move(directory));
  }
}

}  // namespace

std::vector<BootDirectory> boot_directories(const Survey& survey,
                                            const std::vector<ServiceUnit>& units) {
  const auto& tree = survey.tree;
  std::map<std::string, std::string> files;
  for (const auto directory : kDirectories)
    for (const auto& path : tree::glob(tree, std::string(directory) + "/*.conf").paths)
      files.emplace(tree::basename(path), path);
  std::vector<BootDirectory> result;
  for (const auto& [name, path] : files)
    if (const auto content = tree::read_file(tree, path)) read_lines(path, *content, result);
  // "Failed to resolve user 'nginx': Unknown user": systemd-tmpfiles leaves such a line out.
  std::erase_if(result, [&](const BootDirectory& directory) {
    return user_state(survey, directory.user) == "missing" ||
           group_state(survey, directory.group) == "missing";
  });
  // The start of a unit comes after the boot's: what it says of a directory holds.
  std::vector<BootDirectory> own;
  for (const auto& unit : units)
    for (const auto& name : unit.runtime_directories)
      own.push_back({canonical_run("/run/" + name.substr(0, name.find(':'))), unit.runtime_mode,
                     unit.user.value_or("root"), unit.group.value_or(unit.user.value_or("root")),
                     unit.runtime_mode_place});
  result.insert(result.begin(), own.begin(), own.end());
  std::ranges::stable_sort(result, {}, &BootDirectory::path);
  return result;
}

}  // namespace stackaudit::stack

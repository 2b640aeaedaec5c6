// Entry points that units lead to: the configuration that a command names, else the place of its
// kind.
#include "stack/entries/entries.hpp"
#include "stack/entries/known_places.hpp"
#include "stack/entries/started.hpp"
#include "stack/systemd/load.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// "/etc/systemd/system/nginx.service", or a drop-in ".../nginx.service.d/user.conf".
std::string unit_named(std::string_view path) {
  auto name = tree::basename(path);
  if (!name.ends_with(".service")) name = tree::basename(tree::dirname(path));
  if (name.ends_with(".d")) name.remove_suffix(2);
  return std::string(name);
}

constexpr std::array<std::string_view, 4> kConfigurationOptions{"-c", "-f", "-y", "--fpm-config"};

// The file that the command names, else the distribution's place for its kind: of several versions
// the one that the unit's name has.
std::string configuration_of(const tree::Tree& tree, const ServiceUnit& unit) {
  if (auto named = named_configuration(unit); !named.empty()) return named;
  std::string first;
  for (const auto& [kind, path] : known_places(tree, unit.kind)) {
    const auto version = tree::basename(tree::dirname(tree::dirname(path)));
    if (unit.name.find(version) != std::string::npos) return path;
    if (first.empty()) first = path;
  }
  return first;
}

// "8.2" of "/etc/php/8.2/fpm/php-fpm.conf"; empty where Debian's packages put no such file.
std::string_view php_version(std::string_view path) {
  constexpr std::string_view kPlace = "/etc/php/";
  if (!path.starts_with(kPlace)) return {};
  path.remove_prefix(kPlace.size());
  const auto version = path.substr(0, path.find('/'));
  return version.size() < path.size() && version[0] >= '1' && version[0] <= '9'
             ? version
             : std::string_view{};
}

// Of several php-fpm a unit starts the one whose version it has in its name or its program.
bool may_start(const ServiceUnit& unit, const Entry& entry) {
  if (unit.kind != entry.kind || !is_in_force(unit)) return false;
  const auto version = php_version(entry.path);
  if (entry.kind != "php-fpm" || version.empty()) return true;
  return unit.name.find(version) != std::string::npos ||
         std::ranges::any_of(unit.exec_start, [&](const Command& command) {
           return command.program.find(version) != std::string::npos;
         });
}

// The files that the units start in the place of an entry; empty where one of them starts what the
// build has, or cannot be told. nginx and php-fpm may have a second instance beside the first,
// whose unit is switched off: then the unit of their own name has to say it.
std::vector<std::string> started_instead(const Survey& survey, const Systemd& systemd,
                                         const Entry& entry) {
  std::vector<std::string> started;
  bool own = entry.kind == "apache";
  for (const auto& unit : systemd.units()) {
    if (!may_start(unit, entry)) continue;
    const auto file = file_at(survey.tree, named_configuration(unit));
    if (!file) return {};
    started.push_back(*file);
    own = own || kind_of_unit_name(unit.name) == entry.kind;
  }
  return own ? started : std::vector<std::string>{};
}

// Where the package puts the program whose configuration has this place.
struct Package {
  std::string_view kind, place;
  std::array<std::string_view, 4> programs;
};
constexpr std::array kPackages{Package{"nginx",
                                       "/etc/nginx",
                                       {"/usr/sbin/nginx", "/usr/bin/nginx",
                                        "/usr/local/sbin/nginx", "/usr/sbin/nginx-debug"}},
                               Package{"apache",
                                       "/etc/httpd",
                                       {"/usr/sbin/httpd", "/usr/bin/httpd",
                                        "/usr/local/sbin/httpd", "/usr/local/apache2/bin/httpd"}},
                               Package{"apache",
                                       "/etc/apache2",
                                       {"/usr/sbin/apache2", "/usr/sbin/httpd",
                                        "/usr/sbin/httpd-prefork", "/usr/local/sbin/httpd"}}};

// Those of the entry; none where its place is nobody's.
std::vector<std::string> programs_of(const Entry& entry) {
  std::vector<std::string> programs;
  // "/usr/sbin/php-fpm7.4" of /etc/php/7.4/fpm/php-fpm.conf.
  const auto version = php_version(entry.path);
  if (entry.kind == "php-fpm" && !version.empty())
    programs.push_back("/usr/sbin/php-fpm" + std::string(version));
  for (const auto& package : kPackages)
    if (package.kind == entry.kind && tree::is_within(entry.path, package.place))
      programs.insert(programs.end(), package.programs.begin(), package.programs.end());
  return programs;
}

bool starts_program_of(const ServiceUnit& unit, const Entry& entry) {
  const auto programs = programs_of(entry);
  return std::ranges::any_of(unit.exec_start, [&](const Command& command) {
    return text::is_one_of(command.program, programs);
  });
}

}  // namespace

std::string named_configuration(const ServiceUnit& unit) {
  for (const auto& command : unit.exec_start) {
    std::string directory, file;
    for (std::size_t i = 0; i + 1 < command.args.size(); ++i) {
      // httpd's ServerRoot, from which its -f counts.
      if (unit.kind == "apache" && command.args[i] == "-d") directory = command.args[i + 1];
      if (text::is_one_of(command.args[i], kConfigurationOptions)) file = command.args[i + 1];
    }
    if (!file.starts_with('/') && directory.starts_with('/') && !file.empty())
      file = tree::join(directory, file);
    if (file.starts_with('/')) return file;
  }
  return {};
}

bool is_in_force(const ServiceUnit& unit) {
  return unit.enabled && !unit.masked && !unit.refused;
}

std::optional<std::string> file_at(const tree::Tree& tree, const std::string& path) {
  if (path.empty()) return std::nullopt;
  const auto end = tree::resolve(tree, path);
  if (!end || end.stat.type != tree::FileType::regular) return std::nullopt;
  return end.path;
}

bool is_asked_for(const Targets& targets, std::string_view path) {
  return std::ranges::any_of(targets.paths, [&](const std::string& target) {
    return path != target && tree::is_within(path, target);
  });
}

bool is_installed(const tree::Tree& tree, const Entry& entry) {
  const auto programs = programs_of(entry);
  return std::ranges::any_of(
      programs, [&](const std::string& program) { return file_at(tree, program).has_value(); });
}

void add_started(Survey& survey, const Systemd& systemd, std::vector<Entry>& entries) {
  std::vector<Entry> started;
  for (const auto& entry : entries) {
    if (entry.kind != "systemd") continue;
    const auto name = unit_named(entry.path);
    const auto unit = std::ranges::find(systemd.units(), name, &ServiceUnit::name);
    const auto config =
        unit == systemd.units().end() ? std::string{} : configuration_of(survey.tree, *unit);
    if (config.empty())
      survey.blind(Survey::whole_file(entry.path), "service", entry.path,
                   "the unit starts no server that is audited here", true);
    else
      started.push_back({unit->kind, config, true});
  }
  entries.insert(entries.end(), started.begin(), started.end());
}

void add_enabled(const Survey& survey, const Systemd& systemd, const Targets& targets,
                 std::vector<Entry>& entries) {
  constexpr std::array<std::string_view, 3> kServers{"nginx", "apache", "php-fpm"};
  for (const auto& unit : systemd.units()) {
    if (!is_in_force(unit) || !text::is_one_of(unit.kind, kServers)) continue;
    if (!targets.kind.empty() && targets.kind != unit.kind) continue;
    const auto config = named_configuration(unit);
    const auto end = file_at(survey.tree, config);
    if (!end) continue;
    const bool there = std::ranges::any_of(entries, [&](const Entry& entry) {
      return tree::resolve(survey.tree, entry.path).path == *end;
    });
    if (is_asked_for(targets, *end) && !there) entries.push_back({unit.kind, config, false});
  }
}

void drop_replaced(const Survey& survey, const Systemd& systemd, std::vector<Entry>& entries) {
  const auto is_replaced = [&](const Entry& entry) {
    const auto started = started_instead(survey, systemd, entry);
    const auto lies_at = [&](const Entry& each) {
      return text::is_one_of(tree::resolve(survey.tree, each.path).path, started);
    };
    return !entry.named && !lies_at(entry) && std::ranges::any_of(entries, lies_at);
  };
  std::vector<Entry> kept;
  for (const auto& entry : entries)
    if (!is_replaced(entry)) kept.push_back(entry);
  entries = std::move(kept);
}

void drop_removed(const Survey& survey, const Systemd& systemd, std::vector<Entry>& entries) {
  const auto is_started = [&](const Entry& entry) {
    return std::ranges::any_of(systemd.units(), [&](const ServiceUnit& unit) {
      return unit.kind == entry.kind && is_in_force(unit) &&
             (entry.kind != "apache" || named_configuration(unit) == entry.path ||
              starts_program_of(unit, entry));
    });
  };
  const auto is_same_kind = [](const Entry& a, const Entry& b) {
    return (a.kind == "php-fpm") == (b.kind == "php-fpm");
  };
  std::vector<Entry> kept;
  for (const auto& entry : entries) {
    const bool removed = !entry.named && !programs_of(entry).empty() &&
                         !is_installed(survey.tree, entry) &&
                         (entry.kind == "php-fpm" || !is_started(entry)) &&
                         std::ranges::any_of(entries, [&](const Entry& other) {
                           return is_same_kind(entry, other) && is_installed(survey.tree, other);
                         });
    if (!removed) kept.push_back(entry);
  }
  entries = std::move(kept);
}

}  // namespace stackaudit::stack

// How systemd fails when a name leads nowhere: systemd.exec(5), "Process Exit Codes".
#include "stack/systemd/references.hpp"

#include "stack/account_sources.hpp"
#include "stack/runtime_places.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 6> kProgramPath{
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

// The option with which a server is told its main configuration file.
struct ConfigurationOption {
  std::string_view kind;
  std::string_view option;
};
constexpr std::array kConfigurationOptions{
    ConfigurationOption{"nginx", "-c"}, ConfigurationOption{"apache", "-f"},
    ConfigurationOption{"php-fpm", "-y"}, ConfigurationOption{"php-fpm", "--fpm-config"}};

class References {
 public:
  References(Survey& survey, const ServiceUnit& unit) : survey_(survey), unit_(unit) {}

  void add_all() {
    for (const auto& file : unit_.environment_files)
      add_path(file, "environment-file", "file", "openat",
               "systemd does not start " + unit_.name + " (Result=resources)");
    for (const auto& [command, starts] : commands_of(unit_)) add_program(command, starts);
    for (const auto& command : unit_.exec_start) add_configuration(command);
    add_accounts();
    add_directory_of_apache();
    if (unit_.working_directory)
      add_path(*unit_.working_directory, "working-directory", "directory", "chdir",
               unit_.name + " does not start (status=200/CHDIR)");
    if (unit_.root_directory)
      add_path(*unit_.root_directory, "root-directory", "directory", "chroot",
               unit_.name + " does not start (status=226/NAMESPACE)");
    for (const auto& path : unit_.sandbox_paths)
      add_path(path, "sandbox-path", "", "mount",
               unit_.name + " does not start (status=226/NAMESPACE)");
  }

 private:
  // Debian's apachectl starts apache2 with the configuration below APACHE_CONFDIR.
  void add_directory_of_apache() {
    const auto place = unit_.environment_places.find("APACHE_CONFDIR");
    if (unit_.kind != "apache" || place == unit_.environment_places.end()) return;
    for (const auto& [name, value] : unit_.environment)
      if (name == "APACHE_CONFDIR" && value.starts_with('/'))
        add_path({value, place->second, false}, "configuration", "directory", "openat",
                 unit_.name + " does not start");
  }

  [[nodiscard]] std::string path_state(const std::string& path, const std::string& wanted) const {
    if (is_made_at_run_time(path)) return "dynamic";
    if (tree::has_wildcard(path))
      return tree::glob(survey_.tree, path, 1).paths.empty() ? "missing" : "found";
    const auto state = survey_.state_of(path, wanted);
    return wanted.empty() && state == "wrong-type" ? "found" : state;
  }

  void add_path(const NamedPath& named, const std::string& kind, const std::string& wanted,
                const std::string& call, std::string effect) {
    auto reference = unit_reference(unit_, named.place, kind, named.path);
    reference.resolved = tree::normalize(named.path);
    reference.state = path_state(reference.resolved, wanted);
    reference.required = !named.optional && !unit_.skipped;
    reference.wanted = wanted.empty() ? "file or directory" : wanted;
    if (reference.state == "missing") reference.nearest = survey_.nearest_path(reference.resolved);
    reference.replacement = reference.nearest;
    reference.call = call;
    reference.effect = std::move(effect);
    survey_.facts.add(std::move(reference));
  }

  [[nodiscard]] std::string find_program(const std::string& name) const {
    for (const auto directory : kProgramPath) {
      auto path = tree::join(directory, name);
      if (survey_.state_of(path, "file") == "found") return path;
    }
    return tree::join("/usr/bin", name);
  }

  void add_program(const Command& command, bool starts) {
    if (command.program.find('%') != std::string::npos) return;
    const bool later = !starts && !command.ignore_failure;
    auto reference = unit_reference(unit_, command.program_place,
                                    later ? "later-program" : "program", command.program);
    reference.resolved = command.program.starts_with('/') ? tree::normalize(command.program)
                                                          : find_program(command.program);
    reference.state = path_state(reference.resolved, "file");
    reference.required = starts && !command.ignore_failure && !unit_.skipped;
    reference.wanted = "file";
    if (reference.state == "missing") reference.nearest = survey_.nearest_path(reference.resolved);
    reference.replacement = reference.nearest;
    reference.call = "execve";
    reference.effect = starts ? unit_.name + " does not start (status=203/EXEC)"
                              : unit_.name + " cannot run this command (status=203/EXEC)";
    survey_.facts.add(std::move(reference));
  }

  // Relative names are left to the server's own reader, which knows what they are relative to.
  void add_configuration(const Command& command) {
    for (const auto& [kind, option] : kConfigurationOptions) {
      if (kind != unit_.kind) continue;
      for (std::size_t i = 0; i < command.args.size(); ++i) {
        std::string_view path = command.args[i];
        if (path == option && i + 1 < command.args.size()) {
          path = command.args[i + 1];
        } else if (path.starts_with(option) && path.substr(option.size()).starts_with('=')) {
          path.remove_prefix(option.size() + 1);
        } else {
          continue;
        }
        if (!path.starts_with('/') || path.find_first_of("%$") != std::string_view::npos) continue;
        const NamedPath named{std::string(path), command.place, command.ignore_failure};
        add_path(named, "configuration", "file", "openat", unit_.name + " does not start");
      }
    }
  }

  void add_account(const facts::Place& place, const std::string& name, bool group) {
    if (name.find('%') != std::string::npos) return;
    auto reference = unit_reference(unit_, place, group ? "group" : "user", name);
    reference.state = group ? group_state(survey_, name) : user_state(survey_, name);
    reference.wanted = reference.kind;
    if (reference.state == "missing")
      reference.nearest = group ? nearest_group(survey_, name) : nearest_user(survey_, name);
    reference.replacement = reference.nearest;
    reference.call = group ? "getgrnam" : "getpwnam";
    reference.effect = unit_.name + (group ? " does not start (status=216/GROUP)"
                                           : " does not start (status=217/USER)");
    survey_.facts.add(std::move(reference));
  }

  void add_accounts() {
    if (unit_.user && !unit_.dynamic_user) add_account(unit_.user_place, *unit_.user, false);
    if (unit_.group && !unit_.dynamic_user) add_account(unit_.group_place, *unit_.group, true);
    for (const auto& group : unit_.supplementary_groups) add_account(group.place, group.name, true);
  }

  Survey& survey_;
  const ServiceUnit& unit_;
};

}  // namespace

facts::Reference unit_reference(const ServiceUnit& unit, const facts::Place& place,
                                std::string kind, std::string as_written) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = place;
  row.service = "systemd";
  row.kind = std::move(kind);
  row.as_written = std::move(as_written);
  row.process = "systemd";
  row.user = "root";
  row.reached_from = unit.path;
  return row;
}

void add_dangling_unit(Survey& survey, const ServiceUnit& unit) {
  const auto target = survey.tree.readlink(unit.path);
  auto row = unit_reference(unit, Survey::whole_file(unit.path), "unit-link",
                            target ? *target : unit.path);
  row.resolved = tree::normalize(tree::join(tree::dirname(unit.path), row.as_written));
  row.state = "dangling";
  row.wanted = "file";
  row.call = "openat";
  row.nearest = survey.nearest_path(row.resolved);
  row.effect = "Unit " + unit.name + " not found";
  survey.facts.add(std::move(row));
}

bool is_generated(const Survey& survey, std::string_view unit) {
  const auto stem = unit.substr(0, unit.rfind('.'));
  return survey.state_of(tree::join("/etc/init.d", stem), "file") != "missing";
}

void add_unit_references(Survey& survey, const ServiceUnit& unit) {
  References(survey, unit).add_all();
}

}  // namespace stackaudit::stack

// A server that the boot starts and whose main configuration is not there has no entry point: all
// of it would go unread in silence.
#include "stack/entries/entries.hpp"
#include "stack/entries/started.hpp"
#include "stack/nginx/build.hpp"
#include "stack/systemd/references.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

// Where a packaged program looks, told nothing.
struct Compiled {
  std::string_view program, configuration;
};
constexpr std::array kCompiled{Compiled{"/usr/sbin/apache2", "/etc/apache2/apache2.conf"},
                               Compiled{"/usr/sbin/apachectl", "/etc/apache2/apache2.conf"},
                               Compiled{"/usr/sbin/apache2ctl", "/etc/apache2/apache2.conf"},
                               Compiled{"/usr/sbin/httpd", "/etc/httpd/conf/httpd.conf"},
                               Compiled{"/usr/sbin/php-fpm", "/etc/php-fpm.conf"}};

// Options that lead the server elsewhere, or that only its own reader follows.
constexpr std::array<std::string_view, 9> kElsewhere{"-c", "-d", "-f", "-g",          "-n",
                                                     "-p", "-y", "-D", "--fpm-config"};

// Before the start, these make no configuration.
constexpr std::array<std::string_view, 9> kMakeNone{
    "nginx", "apachectl", "apache2ctl", "mkdir", "chown", "chmod", "test", "rm", "sleep"};

bool leads_elsewhere(std::string_view argument) {
  return std::ranges::any_of(kElsewhere,
                             [&](std::string_view option) { return argument.starts_with(option); });
}

// "-g 'daemon off;'" says nothing of files.
bool is_told_more(const Command& command) {
  for (std::size_t i = 0; i < command.args.size(); ++i) {
    if (command.args[i] == "-g" && i + 1 < command.args.size() &&
        command.args[i + 1].starts_with("daemon"))
      ++i;
    else if (leads_elsewhere(command.args[i]) && command.args[i] != "-DFOREGROUND")
      return true;
  }
  return false;
}

bool may_make_configuration(const ServiceUnit& unit) {
  return std::ranges::any_of(unit.exec_start_pre, [](const Command& command) {
    return !text::is_one_of(tree::basename(command.program), kMakeNone);
  });
}

// Debian's apache2 and Red Hat's httpd both have an apachectl.
std::string compiled_configuration(const tree::Tree& tree, const ServiceUnit& unit,
                                   const std::string& program) {
  if (unit.kind == "nginx") return nginx::compiled_conf_path(tree, program);
  if (unit.environment_places.contains("APACHE_CONFDIR")) return {};
  if (unit.kind == "apache" && program.ends_with("/apachectl") &&
      !file_at(tree, "/usr/sbin/apache2"))
    return {};
  for (const auto& [known, configuration] : kCompiled)
    if (program == known) return std::string(configuration);
  return {};
}

class Missing {
 public:
  Missing(Survey& survey, const Systemd& systemd, const Targets& targets)
      : survey_(survey), systemd_(systemd), targets_(targets) {}

  void configuration_of(const ServiceUnit& unit) {
    if (unit.exec_start.size() != 1 || unit.root_directory || !named_configuration(unit).empty() ||
        (!targets_.kind.empty() && targets_.kind != unit.kind) || may_make_configuration(unit))
      return;
    const auto& command = unit.exec_start.front();
    if (is_told_more(command) || !file_at(survey_.tree, command.program)) return;
    const auto path = compiled_configuration(survey_.tree, unit, command.program);
    if (path.empty() || !is_asked_for(targets_, path)) return;
    const auto state = survey_.state_of(path, "file");
    if (state != "missing" && state != "dangling" && state != "wrong-type") return;
    // It lies where the file should, since the unit has no word for it.
    auto row = unit_reference(unit, Survey::whole_file(path), "main-configuration", unit.name);
    row.resolved = path;
    row.state = state;
    row.wanted = "file";
    row.required = !unit.skipped;
    row.process = unit.kind == "apache" ? "apache parent" : unit.kind + " master";
    row.user = unit.user.value_or("root");
    row.call = "openat";
    row.nearest = survey_.nearest_path(path);
    row.effect = unit.name + " does not start";
    survey_.facts.add(std::move(row));
  }

  // The link that enables it is there, and the unit's file is not.
  void unit_of(const Entry& entry) {
    if (!told_.insert(entry.kind).second ||
        std::ranges::any_of(systemd_.units(), [&](const ServiceUnit& unit) {
          return unit.kind == entry.kind && (is_in_force(unit) || unit.dangling);
        }))
      return;
    for (const auto& unit : systemd_.absent())
      if (unit.kind == entry.kind && !is_generated(survey_, unit.name))
        return add_dangling_unit(survey_, unit);
  }

 private:
  Survey& survey_;
  const Systemd& systemd_;
  const Targets& targets_;
  std::set<std::string> told_;  // kinds: two php-fpm want one unit
};

}  // namespace

void check_missing(Survey& survey, const Systemd& systemd, const Targets& targets,
                   const std::vector<Entry>& entries) {
  Missing missing(survey, systemd, targets);
  for (const auto& unit : systemd.units())
    if (is_in_force(unit)) missing.configuration_of(unit);
  for (const auto& entry : entries)
    if (!entry.named && is_installed(survey.tree, entry)) missing.unit_of(entry);
}

}  // namespace stackaudit::stack

// How Apache is started: the unit, apachectl's envvars, the modules that it cannot do without.
#include "stack/apache/parts.hpp"
#include "stack/systemd/start_type.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

constexpr std::array<std::string_view, 5> kModuleDirectories{
    "/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules",
    "/usr/lib64/apache2", "/usr/local/apache2/modules"};

bool started_by_apachectl(const ServiceUnit& unit) {
  return std::ranges::any_of(unit.exec_start, [](const stack::Command& command) {
    const auto name = tree::basename(command.program);
    return name == "apachectl" || name == "apache2ctl";
  });
}

// -D name and -Dname.
void add_flags(Httpd& httpd, const std::vector<std::string>& args) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "-D" && i + 1 < args.size()) {
      httpd.flags.insert(args[++i]);
    } else if (args[i].starts_with("-D") && args[i].size() > 2) {
      httpd.flags.insert(args[i].substr(2));
    }
  }
}

void read_environment(Httpd& httpd) {
  const auto* unit = httpd.unit;
  const bool ctl = unit == nullptr || started_by_apachectl(*unit);
  if (unit != nullptr) {
    for (const auto& [name, value] : unit->environment)
      httpd.environment[name] = {value, true, Survey::whole_file(unit->path)};
    for (const auto& command : unit->exec_start) add_flags(httpd, command.args);
  }
  const auto directory = std::string(tree::dirname(httpd.entry.path));
  auto file = tree::join(directory, "envvars");
  if (const auto it = httpd.environment.find("APACHE_ENVVARS"); it != httpd.environment.end())
    file = it->second.value;
  const bool there = static_cast<bool>(tree::resolve(httpd.survey.tree, file));
  httpd.environment_known = ctl && (there || unit != nullptr);
  if (!ctl || !there) return;
  httpd.environment.try_emplace("APACHE_CONFDIR", Variable{directory, true, {}, false});
  httpd.survey.note_file(file, "apache", "configuration");
  httpd.survey.open(httpd.parent, {tree::Operation::read, file, Survey::whole_file(file),
                                   "configuration", "start", "Apache does not start", true});
  evaluate_envvars(httpd.survey, file, httpd.environment);
  if (const auto it = httpd.environment.find("APACHE_ARGUMENTS"); it != httpd.environment.end()) {
    const auto words = text::words(it->second.value);
    add_flags(httpd, {words.begin(), words.end()});
  }
}

// apachectl makes the run and lock directories: a parent that is not root needs them to be there.
void check_run_directories(Httpd& httpd) {
  if (httpd.unit == nullptr || httpd.parent.who.uid == 0 || !started_by_apachectl(*httpd.unit))
    return;
  for (const auto name : {"APACHE_RUN_DIR", "APACHE_LOCK_DIR"}) {
    const auto it = httpd.environment.find(name);
    if (it == httpd.environment.end() || !it->second.known) continue;
    const auto path = tree::normalize(it->second.value);
    const auto& made = httpd.unit->runtime_directories;
    const bool by_systemd = std::ranges::any_of(made, [&](const std::string& directory) {
      return path == "/run/" + directory || path == "/var/run/" + directory;
    });
    if (by_systemd || !path.starts_with('/') || tree::resolve(httpd.survey.tree, path)) continue;
    httpd.survey.open(httpd.parent, {tree::Operation::create, path, it->second.place, "pid",
                                     "start", "Apache does not start", true});
  }
}

// apachectl start and httpd itself go to the background, with -X and -D FOREGROUND they stay; only
// mod_systemd tells systemd when it is ready.
void check_manner(Httpd& httpd) {
  if (httpd.unit == nullptr || httpd.unit->exec_start.size() != 1) return;
  const auto& command = httpd.unit->exec_start[0];
  const auto program = tree::basename(command.program);
  bool forks = program == "apache2" || program == "httpd";
  if (!forks && program != "apachectl" && program != "apache2ctl") return;
  bool stays = false;
  for (std::size_t i = 0; i < command.args.size(); ++i) {
    const auto& arg = command.args[i];
    if (arg.find('$') != std::string::npos) return;
    const auto& word = arg == "-D" && i + 1 < command.args.size() ? command.args[++i] : arg;
    forks = forks || word == "start";
    stays = stays || word.ends_with("FOREGROUND") || word.ends_with("NO_DETACH") || word == "-X";
  }
  if (!forks && !stays) return;
  StartManner manner{Starting::forks, "Apache goes to the background", std::nullopt};
  if (stays) {
    const bool tells = std::ranges::any_of(httpd.modules, [](const LoadedModule& module) {
      return module.identifier == "systemd_module";
    });
    if (!tells && !httpd.modules_certain && httpd.unit->type != "forking") return;
    manner = {tells ? Starting::notifies : Starting::stays, "Apache stays in the foreground",
              std::nullopt};
  }
  check_start_type(httpd.survey, *httpd.unit, manner);
}

}  // namespace

const Setting* find_setting(const Httpd& httpd, std::string_view name, int server) {
  const Setting* found = nullptr;
  for (const int each : {server, 0}) {
    for (const auto number : named(httpd, each, name)) {
      const auto& setting = httpd.settings[number];
      if (setting.section < 0 && !setting.args.empty()) found = &setting;
    }
    if (found != nullptr || server == 0) break;
  }
  return found;
}

void prepare_start(Httpd& httpd, const Systemd& systemd) {
  httpd.unit = systemd.find("apache");
  httpd.systemd = &systemd;
  httpd.parent = {"apache", "apache parent", tree::root_principal()};
  if (httpd.unit != nullptr) {
    httpd.parent.fences = &httpd.unit->fences;
    if (auto who = Systemd::identity(*httpd.unit, httpd.survey.accounts)) {
      httpd.parent.who = *std::move(who);
    } else {
      httpd.identities_known = false;
    }
  }
  const auto directory = std::string(tree::dirname(httpd.entry.path));
  httpd.server_root =
      tree::basename(directory) == "conf" ? std::string(tree::dirname(directory)) : directory;
  for (const auto known : kModuleDirectories) {
    const bool debian = known.starts_with("/usr/lib/apache2");
    if (debian != httpd.entry.path.ends_with("/apache2.conf")) continue;
    if (!tree::resolve(httpd.survey.tree, known)) continue;
    httpd.module_directories.insert(std::string(known));
    httpd.modules_certain = true;
  }
  httpd.survey.note_file(directory, "apache", "configuration-directory");
  httpd.survey.open(httpd.parent,
                    {tree::Operation::read, httpd.entry.path, Survey::whole_file(httpd.entry.path),
                     "configuration", "start", "Apache does not start", true});
  read_environment(httpd);
  check_run_directories(httpd);
}

void check_modules(Httpd& httpd) {
  check_manner(httpd);
  const LoadedModule* mpm = nullptr;
  bool threaded = false;
  const LoadedModule* php = nullptr;
  const LoadedModule* itk = nullptr;
  for (const auto& module : httpd.modules) {
    if (module.source.starts_with("mod_php")) php = &module;
    if (module.identifier == kItk) itk = &module;
    if (!is_mpm(module.identifier)) continue;
    if (mpm != nullptr)
      report(httpd,
             {module.span,
              "no-mpm",
              true,
              "More than one MPM loaded: " + module.identifier + " beside " + mpm->identifier,
              "load one of them only",
              {}});
    mpm = &module;
    threaded = threaded || module.identifier != "mpm_prefork_module";
  }
  if (php != nullptr && threaded)
    report(httpd, {php->span,
                   "no-mpm",
                   httpd.module_directories.contains(std::string(kModuleDirectories[0])),
                   "Apache is running a threaded MPM, but your PHP Module is not compiled to be "
                   "threadsafe",
                   "load mpm_prefork_module instead, or run PHP in php-fpm",
                   {}});
  if (itk != nullptr && threaded)
    report(httpd, {itk->span,
                   "no-mpm",
                   true,
                   "mpm-itk cannot use threaded MPMs; please use prefork.",
                   "load mpm_prefork_module instead of " + mpm->identifier,
                   {}});
  const bool dynamic = std::ranges::any_of(httpd.knowledge.modules(), [&](const Module& module) {
    return is_mpm(module.identifier) && httpd.has_module(module.source) == false;
  });
  if (mpm != nullptr || !dynamic || !httpd.modules_certain || httpd.foreign || httpd.incomplete)
    return;
  httpd.survey.add_problem(
      Survey::whole_file(httpd.entry.path),
      {.service = "apache",
       .language = "apache",
       .code = "no-mpm",
       .severity = "error",
       .message = "No MPM loaded.",
       .help = "load one of mpm_prefork_module, mpm_worker_module, mpm_event_module"});
}

}  // namespace stackaudit::stack::apache

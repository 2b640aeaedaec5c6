// The master: as whom it starts, its global settings, its pools.
#include "stack/phpfpm/phpfpm.hpp"

#include "stack/net.hpp"
#include "stack/phpfpm/config.hpp"
#include "stack/phpfpm/pool.hpp"
#include "stack/phpfpm/settings.hpp"
#include "stack/runtime_places.hpp"
#include "stack/systemd/log_streams.hpp"
#include "stack/systemd/start_type.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>

namespace stackaudit::stack {
namespace {

using phpfpm::Config;
using phpfpm::Master;
using phpfpm::PoolSection;

// Where relative paths start. A PHP that was built with a prefix of its own keeps its configuration
// in etc below it (the official images: /usr/local/etc); packages use /etc with /usr and /var.
struct Prefixes {
  std::string paths;  // PHP_PREFIX: includes and pools' paths
  std::string state;  // PHP_LOCALSTATEDIR: pid and error_log
};

Prefixes prefixes_of(std::string_view config) {
  const auto directory = tree::dirname(config);
  const auto above = tree::dirname(directory);
  if (tree::basename(directory) != "etc" || above == "/") return {"/usr", "/var"};
  return {std::string(above), tree::join(above, "var")};
}

// "8.2" of /etc/php/8.2/fpm/php-fpm.conf; empty where the path does not say.
std::string version_of(std::string_view path) {
  constexpr std::string_view start = "/etc/php/";
  if (!path.starts_with(start)) return {};
  path.remove_prefix(start.size());
  return std::string(path.substr(0, path.find('/')));
}

// The directory of php.ini: the images keep it in php beside the configuration.
std::string ini_directory(const Survey& survey, std::string_view config) {
  auto images = tree::join(tree::dirname(config), "php");
  if (prefixes_of(config).paths != "/usr" && survey.state_of(images, "directory") == "found")
    return images;
  return std::string(tree::dirname(config));
}

Master find_master(Survey& survey, const Systemd& systemd, const std::string& config) {
  Master master;
  master.config = config;
  master.prefix = prefixes_of(config).paths;
  master.ini_directory = ini_directory(survey, config);
  master.unit = systemd.find("php-fpm", config, version_of(config));
  master.actor = {"php-fpm", "php-fpm master", tree::root_principal()};
  if (master.unit == nullptr) return master;
  master.actor.fences = &master.unit->fences;
  if (const auto who = Systemd::identity(*master.unit, survey.accounts)) master.actor.who = *who;
  for (const auto& command : master.unit->exec_start) {
    const auto& args = command.args;
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i] == "-R" || args[i] == "--allow-to-run-as-root") master.root_allowed = true;
      if ((args[i] == "-p" || args[i] == "--prefix") && i + 1 < args.size())
        master.prefix = args[i + 1];
    }
  }
  return master;
}

void add_service(Survey& survey, const Master& master) {
  facts::Service row;
  static_cast<facts::Place&>(row) = Survey::whole_file(master.config);
  row.kind = "php-fpm";
  row.config = master.config;
  row.master_user = master.actor.who.name;
  row.master_uid = master.actor.who.uid;
  if (master.unit != nullptr) {
    row.unit = master.unit->name;
    row.enabled = master.unit->enabled;
  }
  survey.facts.add(std::move(row));
}

class Directives {
 public:
  explicit Directives(Survey& survey) : survey_(survey) {}

  void add(const PoolSection& section) {
    for (const auto& setting : section.settings) {
      facts::Directive row;
      static_cast<facts::Place&>(row) = survey_.place(setting.span);
      row.id = ++last_;
      row.service = "php-fpm";
      row.context = section.name;
      row.name = setting.subkey.empty() ? setting.name : setting.name + "[" + setting.subkey + "]";
      row.args = setting.value;
      survey_.facts.add(std::move(row));
    }
  }

 private:
  Survey& survey_;
  std::int64_t last_ = 0;
};

void check_master_file(Survey& survey, const Systemd& systemd, const Master& master,
                       const Config& config, std::string_view name) {
  const auto* setting = config.global.find(name);
  if (setting == nullptr || setting->value.empty() || setting->value == "syslog") return;
  if (name != "pid")
    check_log_stream(survey, master.unit,
                     tree::join(prefixes_of(master.config).state, setting->value),
                     survey.place(setting->span));
  if (is_kernels(setting->value)) return;
  const auto path = tree::normalize(tree::join(prefixes_of(master.config).state, setting->value));
  const auto folder = std::string(tree::dirname(path));
  const bool made = systemd.made_at_boot(folder) != nullptr;
  facts::Reference row;
  static_cast<facts::Place&>(row) = survey.place(setting->span);
  row.service = "php-fpm";
  const bool runtime = tree::is_within(folder, "/run") || tree::is_within(folder, "/var/run");
  row.kind = name == "pid" ? (runtime ? "runtime-directory" : "pid-directory") : "log-directory";
  row.as_written = setting->value;
  row.resolved = folder;
  row.state = made ? "found" : survey.state_of(folder, "directory");
  row.wanted = "directory";
  if (row.state == "missing") row.nearest = survey.nearest_path(folder);
  if (!row.nearest.empty()) row.replacement = tree::join(row.nearest, tree::basename(path));
  row.process = master.actor.process;
  row.user = master.actor.who.name;
  row.call = "openat";
  row.effect = "php-fpm does not start";
  // What the boot makes anew below /run says nothing today; elsewhere it finds what is there.
  const bool there =
      survey.state_of(folder, "directory") == "found" && (!made || !runtime || master.is_root());
  survey.facts.add(std::move(row));
  if (!there) return;
  if (name != "pid") survey.note_file(path, "php-fpm", "log");
  (void)survey.open(master.actor,
                    {tree::Operation::append, path, survey.place(setting->span),
                     name == "pid" ? "pid" : "log", "start", "php-fpm does not start", true});
}

// The last of -F and -D decides, then `daemonize`, which is on unless it is said.
void check_start(Survey& survey, const Master& master, const Config& config) {
  if (master.unit == nullptr || master.unit->exec_start.size() != 1) return;
  const auto& command = master.unit->exec_start[0];
  if (tree::basename(command.program).find("fpm") == std::string_view::npos) return;
  std::optional<bool> forks;
  for (const auto& arg : command.args) {
    if (arg.find('$') != std::string::npos) return;
    if (arg == "-F" || arg == "--nodaemonize") forks = false;
    if (arg == "-D" || arg == "--daemonize") forks = true;
  }
  StartManner manner{Starting::forks, "php-fpm goes to the background", std::nullopt};
  const auto* daemonize = config.global.find("daemonize");
  if (!forks && daemonize != nullptr) {
    manner.decision = survey.place(daemonize->span);
    forks = daemonize->value == "1" || daemonize->value == "yes" || daemonize->value == "on" ||
            daemonize->value == "true";
  }
  if (!forks.value_or(true))
    manner = {Starting::notifies, "php-fpm stays in the foreground", manner.decision};
  check_start_type(survey, *master.unit, manner);
}

// Without any pool php-fpm refuses to start: then an include that matches nothing is the fault.
bool blame_includes(Survey& survey) {
  bool any = false;
  for (auto& row : survey.facts.rows<facts::Reference>()) {
    if (row.service != "php-fpm" || row.kind != "include" || row.state == "found") continue;
    row.required = true;
    row.effect = "php-fpm does not start: No pool defined";
    any = true;
  }
  return any;
}

// php-fpm compares the addresses of its pools as text, those of sockets behind their prefix.
void find_repeated_listens(Survey& survey, const Master& master, const Config& config) {
  std::map<std::string, const PoolSection*> seen;
  for (const auto& pool : config.pools) {
    const auto* listen = pool.find("listen");
    if (listen == nullptr || listen->value.empty()) continue;
    const bool path = listen->value.starts_with('/') ||
                      (listen->value.find(':') == std::string::npos &&
                       listen->value.find_first_not_of("0123456789") != std::string::npos);
    const auto address = path ? phpfpm::pool_path(master, pool, listen->value) : listen->value;
    const auto [first, added] = seen.emplace(address, &pool);
    if (!added)
      phpfpm::add_problem(
          survey, listen->span, "listen-taken", "error",
          "[pool " + pool.name +
              "] unable to set listen address as it's already used in another pool '" +
              first->second->name + "'");
  }
}

// Debian's unit links /run/php/php-fpm.sock to the socket of its default pool.
void add_socket_alternative(Survey& survey, const Master& master) {
  if (master.unit == nullptr) return;
  for (const auto& command : master.unit->exec_start_post) {
    if (tree::basename(command.program) != "php-fpm-socket-helper" || command.args.size() < 3 ||
        command.args[0] != "install")
      continue;
    for (std::size_t i = 0, n = survey.pools.size(); i < n; ++i) {
      const auto& place = survey.pools[i].place;
      if (tree::normalize(place.path) != tree::normalize(command.args[2])) continue;
      auto alias = survey.pools[i];
      alias.listen = "unix:" + canonical_socket(survey.tree, command.args[1]);
      survey.pools.push_back(std::move(alias));
      break;
    }
  }
}

}  // namespace

void read_phpfpm(Survey& survey, const Systemd& systemd, const Entry& entry) {
  const auto master = find_master(survey, systemd, entry.path);
  const auto on_open = [&](const std::string& path, const facts::Place& place,
                           tree::Operation operation) {
    (void)survey.open(master.actor, {operation, path, place, "configuration", "start",
                                     "php-fpm does not start", true});
  };
  const auto config = phpfpm::read_config(survey, entry.path, master.prefix, master.unit, on_open);
  add_service(survey, master);
  Directives directives(survey);
  directives.add(config.global);
  for (const auto& pool : config.pools) directives.add(pool);
  if (!config.global.refused)
    for (const auto& problem : phpfpm::check_global(config.global))
      phpfpm::add_problem(survey, problem.span, "bad-value", "error", problem.message);
  check_start(survey, master, config);
  check_master_file(survey, systemd, master, config, "error_log");
  check_master_file(survey, systemd, master, config, "pid");
  if (config.pools.empty() && !blame_includes(survey)) {
    survey.add_problem(
        Survey::whole_file(entry.path),
        {.service = "php-fpm",
         .language = "ini",
         .code = "no-pool",
         .severity = "error",
         .message = "No pool defined. at least one pool section must be specified in config file"});
  }
  for (const auto& pool : config.pools) phpfpm::read_pool(survey, systemd, master, pool);
  find_repeated_listens(survey, master, config);
  add_socket_alternative(survey, master);
  if (survey.state_of(master.ini_directory + "/php.ini", "file") == "found" ||
      survey.state_of(master.ini_directory + "/conf.d", "directory") == "found")
    read_php_ini(survey, "fpm", master.ini_directory, master.actor);
}

}  // namespace stackaudit::stack

// How many: connections of nginx against the files it may open, workers of PHP against the
// connections of the database, one script's memory against its service's.
#include "stack/limits/checks.hpp"
#include "stack/nginx/values.hpp"
#include "stack/phpfpm/quantity.hpp"

#include <algorithm>

namespace stackaudit::stack::limits {
namespace {

std::optional<Limit> count_of(const facts::Directive* row) {
  const auto value = row == nullptr ? std::nullopt : number(row->args);
  if (!value) return std::nullopt;
  return Limit{*value, row->args, *row, true};
}

// "1024:524288": the first is what counts for a program that does not ask for more.
std::optional<Limit> unit_limit(const ServiceUnit* unit, std::string_view name) {
  if (unit == nullptr) return std::nullopt;
  const auto set = unit->limits.find(name);
  if (set == unit->limits.end()) return std::nullopt;
  const auto& text = set->second.value;
  const auto value = name == "MemoryMax" ? quantity(text) : number(text.substr(0, text.find(':')));
  if (!value || *value <= 0) return std::nullopt;
  return Limit{*value, text, set->second.place, true};
}

// worker_rlimit_nofile counts, else what systemd gives.
void check_files(Survey& survey, const Systemd& systemd) {
  const auto connections = count_of(directive(survey, "nginx", "worker_connections"));
  if (!connections) return;
  auto files = count_of(directive(survey, "nginx", "worker_rlimit_nofile"));
  const bool own = files.has_value();
  if (!own) files = unit_limit(systemd.find("nginx"), "LimitNOFILE");
  if (!files || files->value >= connections->value) return;
  report(survey, "nginx", "limit-files", *files,
         words(own ? "worker_rlimit_nofile" : "LimitNOFILE", *files) + " is less than " +
             words("worker_connections", *connections) +
             ": accept() fails (24: Too many open files) before the connections are used up",
         "twice worker_connections, for a proxy has two for each request", *connections);
}

// Apache: as many PHP workers as it has processes.
std::optional<Limit> workers_of(const Survey& survey, const Php& php) {
  if (php.pool == nullptr) return count_of(directive(survey, "apache", "maxrequestworkers"));
  const auto set = php.pool->settings.find("pm.max_children");
  if (set == php.pool->settings.end()) return std::nullopt;
  const auto value = number(set->second.value);
  if (!value) return std::nullopt;
  return Limit{*value, set->second.value, set->second.place, true};
}

// The PHP of a site that a WordPress of this machine's database is served by.
bool runs_wordpress(const Survey& survey, const Php& php) {
  const auto sites = survey.facts.rows<facts::Site>();
  return std::ranges::any_of(sites, [&](const facts::Site& site) {
    if (!site.wordpress) return false;
    return php.pool == nullptr ? site.php == "mod_php" : site.php == php.pool->listen;
  });
}

void check_database(Survey& survey, const std::vector<Php>& all) {
  const auto most = count_of(directive(survey, "mariadb", "max-connections"));
  if (!most) return;
  const auto dials = survey.facts.rows<facts::Dial>();
  if (std::ranges::none_of(dials, [](const facts::Dial& dial) {
        return dial.purpose == "DB_HOST" && dial.answered_by == "mariadb";
      }))
    return;
  for (const auto& php : all) {
    const auto workers = workers_of(survey, php);
    if (!workers || workers->value <= most->value || !runs_wordpress(survey, php)) continue;
    report(survey, "mariadb", "limit-connections", *most,
           words("max_connections", *most) + " is less than " +
               words(php.pool == nullptr ? "MaxRequestWorkers" : "pm.max_children", *workers) +
               ": under load pages answer \"Error establishing a database connection\"",
           "a connection for every process that may run PHP, and some for the administrator",
           *workers);
  }
}

// The MPM lowers the number with a line in its log, AH00180.
void check_workers(Survey& survey) {
  const auto workers = count_of(directive(survey, "apache", "maxrequestworkers"));
  if (!workers) return;
  const auto rows = survey.facts.rows<facts::Directive>();
  const auto loads = [&](std::string_view module) {
    return std::ranges::any_of(rows, [&](const facts::Directive& row) {
      return row.service == "apache" && row.name == "loadmodule" &&
             row.args.starts_with(std::string(module) + " ");
    });
  };
  const bool prefork = loads("mpm_prefork_module");
  if (!prefork && !loads("mpm_event_module") && !loads("mpm_worker_module")) return;
  constexpr std::int64_t kProcesses = 256, kServers = 16, kThreads = 25;
  auto servers = count_of(directive(survey, "apache", "serverlimit"))
                     .value_or(Limit{prefork ? kProcesses : kServers,
                                     std::to_string(prefork ? kProcesses : kServers),
                                     {},
                                     false});
  const auto threads = count_of(directive(survey, "apache", "threadsperchild"));
  const auto each = prefork ? 1 : threads ? threads->value : kThreads;
  if (workers->value <= servers.value * each) return;
  report(survey, "apache", "limit-workers", *workers,
         words("MaxRequestWorkers", *workers) + " is more than " + words("ServerLimit", servers) +
             (prefork ? "" : ", times " + std::to_string(each) + " threads,") +
             " allows: Apache starts with " + std::to_string(servers.value * each),
         "raise ServerLimit as well", servers);
}

void check_memory(Survey& survey, const Systemd& systemd, const std::vector<Php>& all) {
  for (const auto& php : all) {
    const auto* unit = systemd.find(php.pool == nullptr ? "apache" : "php-fpm");
    const auto most = unit_limit(unit, "MemoryMax");
    const auto* set = php.find(survey, "memory_limit");
    const auto value = set == nullptr ? std::nullopt : quantity(set->value);
    if (!most || !value || *value <= most->value) continue;
    const Limit memory{*value, set->value, set->place, true};
    report(survey, php.pool == nullptr ? "apache" : "php-fpm", "limit-memory", *most,
           words("MemoryMax", *most) + " of the whole service is less than " +
               words("memory_limit", memory) + " of one script: the kernel kills a worker first",
           "MemoryMax for all workers together, memory_limit for one", memory);
  }
  const auto most = unit_limit(systemd.find("mariadb"), "MemoryMax");
  const auto* pool = directive(survey, "mariadb", "innodb-buffer-pool-size");
  const auto value = pool == nullptr ? std::nullopt : quantity(pool->args);
  if (!most || !value || *value <= most->value) return;
  const Limit memory{*value, pool->args, *pool, true};
  report(survey, "mariadb", "limit-memory", *most,
         words("MemoryMax", *most) + " is less than " + words("innodb_buffer_pool_size", memory) +
             ": the kernel kills the database when its buffer fills",
         "MemoryMax well above innodb_buffer_pool_size", memory);
}

}  // namespace

void check_counts(Survey& survey, const Systemd& systemd, const std::vector<Php>& all) {
  check_files(survey, systemd);
  check_database(survey, all);
  check_workers(survey);
  check_memory(survey, systemd, all);
}

}  // namespace stackaudit::stack::limits

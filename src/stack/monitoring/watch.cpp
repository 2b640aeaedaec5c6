// Compares what is watched with what the services of this audit are called and write.
#include "stack/monitoring/watch.hpp"

#include "stack/monitoring/identity.hpp"
#include "stack/net.hpp"
#include "stack/runtime_places.hpp"
#include "stack/systemd/search.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kMostLogs = 8;  // of one pattern

struct Word {
  std::string_view word, service;
};
constexpr std::array kWords{
    Word{"nginx", "nginx"},       Word{"apache", "apache"},        Word{"httpd", "apache"},
    Word{"mod_status", "apache"}, Word{"server-status", "apache"}, Word{"php-fpm", "php-fpm"},
    Word{"php_fpm", "php-fpm"},   Word{"phpfpm", "php-fpm"},       Word{"fpm", "php-fpm"},
    Word{"mariadb", "mariadb"},   Word{"mysql", "mariadb"},        Word{"stub_status", "nginx"},
    Word{"basic_status", "nginx"}};

// Programs by which a service's processes are called.
struct Program {
  std::string_view service, pattern;
};
constexpr std::array kPrograms{
    Program{"nginx", "/usr/sbin/nginx"},       Program{"apache", "/usr/sbin/apache2"},
    Program{"apache", "/usr/sbin/httpd"},      Program{"php-fpm", "/usr/sbin/php-fpm*"},
    Program{"mariadb", "/usr/sbin/mariadbd"},  Program{"mariadb", "/usr/sbin/mysqld"},
    Program{"nginx", "/usr/local/sbin/nginx"}, Program{"php-fpm", "/usr/local/sbin/php-fpm*"}};

bool has_service(const Survey& survey, std::string_view kind) {
  const auto& services = survey.facts.rows<facts::Service>();
  return std::ranges::find(services, kind, &facts::Service::kind) != services.end();
}

// mariadbd is started through the name mysqld on older systems: a link counts under both names.
std::vector<std::string> process_names(const Survey& survey, std::string_view service) {
  std::vector<std::string> names;
  for (const auto& program : kPrograms) {
    if (program.service != service) continue;
    for (const auto& path : tree::glob(survey.tree, program.pattern).paths) {
      const auto end = tree::resolve(survey.tree, path);
      if (end) names.emplace_back(tree::basename(end.path));
    }
  }
  return names;
}

facts::Reference row(std::string_view agent, const facts::Place& place, std::string kind,
                     std::string_view as_written) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = place;
  row.service = agent;
  row.kind = std::move(kind);
  row.as_written = as_written;
  row.process = std::string(agent) + " agent";
  row.required = false;
  return row;
}

std::string canonical(const tree::Tree& tree, std::string_view path) {
  return canonical_socket(tree, path);
}

// Files that services open for this purpose, canonical, with the service.
std::vector<std::pair<std::string, std::string>> opened_for(const Survey& survey,
                                                            std::string_view purpose) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& access : survey.facts.rows<facts::Access>())
    if (access.purpose == purpose)
      files.emplace_back(canonical(survey.tree, access.target), access.service);
  return files;
}

}  // namespace

std::string service_in(std::string_view text) {
  const auto lower = stackaudit::text::lower(text);
  std::size_t first = std::string::npos;
  std::string_view found;
  for (const auto& [word, service] : kWords) {
    const auto at = lower.find(word);
    if (at == std::string::npos || at >= first) continue;
    if (word == "httpd" && at >= 2 && lower.substr(at - 2, 2) == "ht") continue;
    if (word == "httpd" && at > 0 && std::isalpha(static_cast<unsigned char>(lower[at - 1])) != 0)
      continue;  // lighttpd, thttpd
    first = at;
    found = service;
  }
  return std::string(found);
}

void watch_process(Survey& survey, std::string_view agent, const facts::Place& place,
                   std::string_view name) {
  const auto service = service_in(name);
  if (service.empty()) return;
  add_monitor(survey, agent, service, place, "");
  if (!has_service(survey, service)) return;
  const auto names = process_names(survey, service);
  if (names.empty() || std::ranges::find(names, name) != names.end()) return;
  auto reference = row(agent, place, "watched-process", name);
  reference.wanted = "process";
  reference.state = "missing";
  reference.nearest = reference.replacement = names.front();
  reference.effect = "the check finds no process, or never misses one";
  survey.facts.add(std::move(reference));
}

void watch_matching(Survey& survey, std::string_view agent, const facts::Place& place,
                    std::string_view pattern, std::string_view context) {
  const auto service = service_in(context);
  const bool plain = pattern.find_first_of("^$.*+?()[]{}|\\") == std::string_view::npos;
  if (service.empty()) return;
  add_monitor(survey, agent, service, place, "");
  if (!plain || pattern.empty() || !has_service(survey, service)) return;
  const auto names = process_names(survey, service);
  if (names.empty()) return;
  std::string lines =
      service + ": master process\n" + service + ": worker process\n" + service + ": pool \n";
  for (const auto& name : names) lines += "/usr/sbin/" + name + " \n";
  const auto first = pattern.substr(0, std::min(pattern.find(' '), pattern.size()));
  if (lines.find(first) != std::string::npos || first.starts_with('/')) return;
  auto reference = row(agent, place, "watched-process", pattern);
  reference.wanted = "process";
  reference.state = "missing";
  reference.nearest = names.front();
  reference.effect = "the check finds no process, or never misses one";
  survey.facts.add(std::move(reference));
}

void watch_pid_file(Survey& survey, std::string_view agent, const facts::Place& place,
                    std::string_view path, std::string_view context) {
  auto service = service_in(path);
  if (service.empty()) service = service_in(context);
  if (service.empty() || !path.starts_with('/')) return;
  add_monitor(survey, agent, service, place, "");
  if (!has_service(survey, service)) return;
  const auto wanted = canonical(survey.tree, path);
  std::string near;
  auto written = opened_for(survey, "pid");
  // What a server that does not start now would write; httpd.conf PidFile.
  for (const auto& row : survey.facts.rows<facts::Directive>())
    if (row.name == (row.service == "apache" ? "pidfile" : "pid") && row.args.starts_with('/'))
      written.emplace_back(canonical(survey.tree, row.args), row.service);
  for (const auto& [file, owner] : written) {
    if (file == wanted) return;
    if (owner == service && near.empty()) near = file;
  }
  if (near.empty()) return;
  auto reference = row(agent, place, "watched-pid-file", path);
  reference.wanted = "file";
  reference.resolved = wanted;
  reference.state = "missing";
  reference.nearest = reference.replacement = near;
  reference.call = "openat";
  reference.effect = "the agent believes that " + service + " is down";
  survey.facts.add(std::move(reference));
}

namespace {

// By its words, or by the unit of nearly this name.
std::string service_of_unit(const Survey& survey, std::string_view name) {
  if (auto service = service_in(name); !service.empty()) return service;
  std::vector<std::string_view> stems;
  const auto& units = survey.facts.rows<facts::Unit>();
  for (const auto& unit : units)
    stems.push_back(std::string_view(unit.name).substr(0, unit.name.rfind('.')));
  const auto stem = name.substr(0, name.rfind(".service"));
  const auto near = text::nearest(stem, stems);
  if (!near || near->size() < 5) return {};
  return service_in(*near);
}

// A name or a pattern of names, by which a unit's file is there or a unit is known.
bool is_unit(const Survey& survey, const std::string& name) {
  const auto& units = survey.facts.rows<facts::Unit>();
  if (std::ranges::any_of(units, [&](const auto& one) { return tree::matches(name, one.name); }))
    return true;
  UnitSearch search(survey.tree);
  if (!tree::has_wildcard(name)) return !search.fragment(name).path.empty();
  return std::ranges::any_of(search.service_names(),
                             [&](const auto& one) { return tree::matches(name, one); });
}

}  // namespace

void watch_unit(Survey& survey, std::string_view agent, const facts::Place& place,
                std::string_view name) {
  const auto& units = survey.facts.rows<facts::Unit>();
  const auto service = service_of_unit(survey, name);
  if (service.empty()) return;
  add_monitor(survey, agent, service, place, "");
  const auto own = std::ranges::find(units, service, &facts::Unit::service);
  const auto dot = name.rfind('.');  // "php8.2-fpm" has one, and no type
  const bool typed = dot != name.npos && std::ranges::all_of(name.substr(dot + 1), [](char c) {
                       return c >= 'a' && c <= 'z';
                     });
  const bool full = typed || name.ends_with('*');
  const auto unit = full ? std::string(name) : std::string(name) + ".service";
  if (own == units.end() || (!tree::has_wildcard(unit) && !unit.ends_with(".service")) ||
      is_unit(survey, unit))
    return;
  auto reference = row(agent, place, "watched-unit", name);
  reference.wanted = "unit";
  reference.state = "missing";
  reference.nearest = reference.replacement = own->name;
  reference.effect = "the check does not see the service";
  survey.facts.add(std::move(reference));
}

void run_program(Survey& survey, std::string_view agent, const facts::Place& place,
                 std::string_view path) {
  // Of a part of a root only what lies beside something is judged, and what belongs to /etc.
  auto directory = tree::dirname(path);
  while (tree::dirname(directory) != "/" && tree::is_within(directory, "/etc") &&
         survey.state_of(directory, "directory") == "missing")
    directory = tree::dirname(directory);
  if (survey.state_of(directory, "directory") != "found") return;
  const auto state = survey.state_of(path, "file");
  if (state == "found" || state == "unseen") return;
  auto reference = row(agent, place, "agent-program", path);
  reference.wanted = "file";
  reference.resolved = path;
  reference.state = state;
  reference.nearest = reference.replacement = survey.nearest_path(path);
  reference.call = "execve";
  reference.effect = "the check fails, whatever the service does";
  survey.facts.add(std::move(reference));
}

void look_for_file(Survey& survey, std::string_view agent, const facts::Place& place,
                   std::string_view as_written, std::string_view path, std::string effect) {
  if (!path.starts_with('/') || path.find_first_of("$%{*") != std::string_view::npos ||
      is_made_at_run_time(path))
    return;
  const auto state = survey.state_of(path, "file");
  if (state != "missing" && state != "dangling") return;
  auto reference = row(agent, place, "agent-file", as_written);
  reference.wanted = "file";
  reference.resolved = path;
  reference.state = state;
  reference.nearest = survey.nearest_path(path);
  if (as_written.starts_with('/')) reference.replacement = reference.nearest;
  reference.call = "openat";
  reference.effect = std::move(effect);
  survey.facts.add(std::move(reference));
}

void watch_log(Survey& survey, std::string_view agent, const facts::Place& place,
               std::string_view path) {
  if (!path.starts_with('/')) return;
  const std::string folder(tree::dirname(path));
  if (tree::has_wildcard(folder)) return;
  auto reference = row(agent, place, "watched-log-directory", path);
  reference.resolved = folder;
  reference.state = survey.state_of(folder, "directory");
  reference.wanted = "directory";
  reference.call = "openat";
  reference.effect = "nobody collects this log";
  if (reference.state == "missing") reference.nearest = survey.nearest_path(folder);
  if (!reference.nearest.empty())
    reference.replacement = tree::join(reference.nearest, tree::basename(path));
  const bool there = reference.state == "found";
  survey.facts.add(std::move(reference));
  if (!there) return;
  const auto wanted = canonical(survey.tree, path);
  if (tree::has_wildcard(path) ? !tree::glob(survey.tree, path, 1).paths.empty()
                               : survey.state_of(wanted, "file") == "found")
    return;
  std::vector<std::string> beside;
  for (const auto& [file, service] : opened_for(survey, "log")) {
    if (file == wanted || (tree::dirname(file) == tree::dirname(wanted) &&
                           tree::matches(tree::basename(wanted), tree::basename(file))))
      return;
    if (tree::dirname(file) == tree::dirname(wanted)) beside.push_back(file);
  }
  const auto near = text::nearest(wanted, beside);
  if (beside.empty()) return;
  auto log = row(agent, place, "watched-log", path);
  log.resolved = wanted;
  log.state = "missing";
  log.wanted = "file";
  log.call = "openat";
  log.effect = "nobody collects the log";
  if (near) log.nearest = log.replacement = *near;
  survey.facts.add(std::move(log));
}

void open_log(Survey& survey, std::string_view agent, const facts::Place& place,
              const std::string& path) {
  const auto who = agent_identity(survey, agent);
  const std::string folder(tree::dirname(path));
  if (!who || !path.starts_with('/')) return;
  const auto open = [&](tree::Operation operation, const std::string& target) {
    survey.open({std::string(agent), std::string(agent) + " agent", *who},
                {operation, target, place, "log", "start", "nobody collects this log", false});
  };
  bool any = false;
  for (const auto& log : tree::glob(survey.tree, path, kMostLogs).paths) {
    if (survey.state_of(log, "file") != "found") continue;
    open(tree::Operation::read, log);
    any = true;
  }
  // Logs that their service has yet to make: the way there must be open.
  if (any || tree::has_wildcard(folder) || survey.state_of(folder, "directory") != "found") return;
  open(tree::has_wildcard(path) ? tree::Operation::read : tree::Operation::search, folder);
}

void add_monitor(Survey& survey, std::string_view agent, std::string_view target,
                 const facts::Place& place, std::string_view url) {
  facts::Monitor monitor;
  static_cast<facts::Place&>(monitor) = place;
  monitor.agent = agent;
  monitor.target = target;
  monitor.url = url;
  survey.facts.add(std::move(monitor));
}

}  // namespace stackaudit::stack

// Finds entry points: the places where distributions put them first, then a bounded walk for
// others, judged by name, directory and content, so that copies in doc/, backups and snippets of a
// configuration do not become servers of their own.
#include "stack/entries.hpp"

#include "stack/recognise.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <tbb/parallel_for.h>
#include <tuple>

namespace stackaudit::stack {
namespace {

constexpr int kMaxDirectoryDepth = 12;
constexpr std::size_t kMaxVisited = 200'000;  // names looked at below one target
constexpr std::size_t kRecogniseLimit = 1U << 20U;

struct KnownPlace {
  std::string_view kind;
  std::string_view pattern;
};
constexpr std::array kKnownPlaces{
    KnownPlace{"nginx", "/etc/nginx/nginx.conf"},
    KnownPlace{"nginx", "/etc/openresty/nginx.conf"},
    KnownPlace{"nginx", "/usr/local/etc/nginx/nginx.conf"},
    KnownPlace{"nginx", "/usr/local/nginx/conf/nginx.conf"},
    KnownPlace{"nginx", "/usr/local/openresty/nginx/conf/nginx.conf"},
    KnownPlace{"nginx", "/opt/nginx/conf/nginx.conf"},
    KnownPlace{"apache", "/etc/apache2/apache2.conf"},
    KnownPlace{"apache", "/etc/apache2-*/apache2.conf"},
    KnownPlace{"apache", "/etc/apache2/httpd.conf"},
    KnownPlace{"apache", "/etc/httpd/conf/httpd.conf"},
    KnownPlace{"apache", "/usr/local/apache2/conf/httpd.conf"},
    KnownPlace{"php-fpm", "/etc/php/*/fpm/php-fpm.conf"},
    KnownPlace{"php-fpm", "/etc/php5/fpm/php-fpm.conf"},
    KnownPlace{"php-fpm", "/etc/php-fpm.conf"},
    KnownPlace{"php-fpm", "/etc/php[5-9]*/php-fpm.conf"},
    KnownPlace{"php-fpm", "/etc/opt/remi/php*/php-fpm.conf"},
    KnownPlace{"php-fpm", "/usr/local/etc/php-fpm.conf"},
    KnownPlace{"datadog", "/etc/datadog-agent/conf.d"},
    KnownPlace{"datadog", "/etc/dd-agent/conf.d"},
};

// Directories that are not entered when they are met on a walk; a target itself always is.
constexpr std::array<std::string_view, 15> kClosedPaths{
    "/boot",        "/dev",       "/lost+found", "/proc",        "/run",
    "/sys",         "/tmp",       "/var/tmp",    "/var/cache",   "/var/lib/dpkg",
    "/usr/include", "/usr/share", "/usr/lib",    "/usr/libexec", "/usr/src"};
constexpr std::array<std::string_view, 22> kClosedNames{
    ".git",     ".hg",        ".svn",      "alternatives", "audit",        "backup",
    "backups",  "credstore",  "doc",       "docs",         "example",      "examples",
    "fixtures", "lost+found", "pam.d",     "polkit-1",     "node_modules", "sample",
    "samples",  "ssh",        "sudoers.d", "ssl"};

template <class List>
bool contains(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::ranges::end(list);
}

// What one target holds, before it is decided what of it is an entry.
struct Found {
  std::vector<Entry> known, walked, wordpress;
  std::vector<Entry> unlike;  // named like a main file, and nothing in them is of its kind
  std::vector<Entry> loose;   // main files, but in no directory where such are kept
  std::set<std::string> php;  // directories that hold PHP files directly, WordPress included
};

bool is_whole(const Survey& survey, const std::string& path, std::string_view kind) {
  const auto content = tree::read_file(survey.tree, path, kRecogniseLimit);
  return content && is_main_content(*content, kind);
}

class Walk {
 public:
  Walk(Survey& survey, std::string target) : survey_(survey), target_(std::move(target)) {}

  Found run() {
    known_places();
    pending_.push_back({target_, 0});
    while (!pending_.empty()) {
      const auto next = pending_.front();
      pending_.pop_front();
      enter(next);
    }
    return std::move(found_);
  }

 private:
  struct Directory {
    std::string path;
    int depth = 0;
  };

  void known_places() {
    for (const auto& [kind, pattern] : kKnownPlaces)
      for (const auto& path : tree::glob(survey_.tree, pattern).paths)
        if (tree::is_within(path, target_) && tree::resolve(survey_.tree, path) &&
            !is_leftover(path))
          found_.known.push_back({std::string(kind), path, false});
  }

  // Debian once shipped an empty httpd.conf beside apache2.conf.
  [[nodiscard]] bool is_leftover(std::string_view path) const {
    return tree::basename(path) == "httpd.conf" &&
           tree::resolve(survey_.tree, tree::join(tree::dirname(path), "apache2.conf"));
  }

  void enter(const Directory& directory) {
    const auto end = tree::resolve(survey_.tree, directory.path);
    if (!end || end.stat.type != tree::FileType::directory || !seen_.insert(end.path).second)
      return;
    if (directory.depth > 0 && contains(kClosedPaths, end.path)) return;
    const auto names = survey_.tree.list(end.path);
    if (!names) {
      survey_.blind(Survey::whole_file(directory.path), "service", directory.path,
                    "directory not searched for entry points: " + tree::errno_words(names.error()),
                    true);
      return;
    }
    // Asked for at once, the answers wait in the tree.
    tbb::parallel_for(std::size_t{0}, names->size(), [&](std::size_t i) {
      (void)survey_.tree.lstat(tree::join(end.path, (*names)[i]));
    });
    for (const auto& name : *names) {
      if (++visited_ > kMaxVisited) return stop(directory.path);
      look_at(directory, end.path, name);
    }
  }

  void stop(const std::string& where) {
    survey_.blind(Survey::whole_file(where), "service", target_,
                  "more than " + std::to_string(kMaxVisited) +
                      " names: the rest was not searched for entry points");
    pending_.clear();
  }

  void look_at(const Directory& directory, const std::string& canonical, const std::string& name) {
    const auto path = tree::join(directory.path, name);
    const auto end = tree::resolve(survey_.tree, tree::join(canonical, name));
    if (!end) return;
    if (end.stat.type == tree::FileType::directory) return queue(directory, path, end.path, name);
    if (end.stat.type != tree::FileType::regular) return;
    if (name == "wp-settings.php") found_.wordpress.push_back({"wordpress", canonical, false});
    if (name.ends_with(".php")) found_.php.insert(canonical);
    if (is_container_file(name) && !name.ends_with(".dockerignore"))
      found_.walked.push_back({"container", path, false});
    if (is_compose_file(name)) found_.walked.push_back({"compose", path, false});
    const auto kind = kind_of_main_file(name);
    if (kind.empty() || is_leftover(path)) return;
    if (directory.depth == 0 || is_home_of(kind, directory.path))
      (looks_like(path, kind) ? found_.walked : found_.unlike).push_back({kind, path});
    else if (is_whole(survey_, path, kind))
      found_.loose.push_back({kind, path});
  }

  void queue(const Directory& directory, const std::string& path, const std::string& canonical,
             const std::string& name) {
    if (name == "conf.d" && is_agent_directory(tree::basename(directory.path)))
      found_.walked.push_back({"datadog", path, false});
    if (contains(kClosedNames, name) || tree::is_within(target_, canonical)) return;
    if (directory.depth + 1 > kMaxDirectoryDepth) {
      survey_.blind(Survey::whole_file(path), "service", path,
                    "too deep: not searched for entry points");
      return;
    }
    pending_.push_back({path, directory.depth + 1});
  }

  static bool is_agent_directory(std::string_view name) {
    return name == "datadog-agent" || name == "dd-agent";
  }

  [[nodiscard]] bool looks_like(const std::string& path, const std::string& kind) const {
    const auto content = tree::read_file(survey_.tree, path, kRecogniseLimit);
    return !content || kind_of_content(*content) == kind;
  }

  Survey& survey_;
  std::string target_;
  Found found_;
  std::deque<Directory> pending_;
  std::set<std::string> seen_;
  std::size_t visited_ = 0;
};

bool is_below_any(std::string_view directory, const std::vector<Entry>& entries) {
  return std::ranges::any_of(
      entries, [&](const Entry& entry) { return tree::is_within(directory, entry.path); });
}

// PHP outside WordPress: the target itself where it has PHP files of its own or a single
// application's layout, else each of its directories that holds some.
void add_php_applications(const Found& found, const std::string& target, const tree::Tree& tree,
                          std::vector<Entry>& entries) {
  const auto own = tree::resolve(tree, target);
  const bool is_application = found.php.contains(own.path) ||
                              tree::resolve(tree, tree::join(target, "composer.json")) ||
                              tree::resolve(tree, tree::join(target, "public/index.php"));
  std::set<std::string> applications;
  for (const auto& directory : found.php) {
    if (is_below_any(directory, found.wordpress)) continue;
    if (is_application || !tree::is_within(directory, own.path)) {
      applications.insert(is_application ? own.path : directory);
      continue;
    }
    const auto begin = own.path == "/" ? 1 : own.path.size() + 1;
    applications.insert(directory.substr(0, directory.find('/', begin)));
  }
  for (const auto& application : applications) entries.push_back({"php", application, false});
}

// A WordPress inside a WordPress (a plugin's test data) is part of it.
std::vector<Entry> outermost(const std::vector<Entry>& entries) {
  std::vector<Entry> result;
  for (const auto& entry : entries)
    if (std::ranges::none_of(entries, [&](const Entry& other) {
          return other.path != entry.path && tree::is_within(entry.path, other.path);
        }))
      result.push_back(entry);
  return result;
}

// A main file that cannot be recognised must not pass in silence, unless another one is there.
void tell_unlike(Survey& survey, const std::vector<Entry>& unlike,
                 const std::vector<Entry>& entries) {
  for (const auto& [kind, path, named] : unlike)
    if (std::ranges::find(entries, kind, &Entry::kind) == entries.end())
      survey.blind(Survey::whole_file(path), "service", path,
                   "named like the main file of " + kind +
                       " and does not look like it: not read; name the file itself, with --kind " +
                       kind);
}

void search_directory(Survey& survey, const std::string& target, const std::string& kind,
                      std::vector<Entry>& entries) {
  auto found = Walk(survey, target).run();
  found.wordpress = outermost(found.wordpress);
  const bool makes_image =
      std::ranges::find(found.walked, "container", &Entry::kind) != found.walked.end();
  if (makes_image) {
    found.walked.insert(found.walked.end(), found.loose.begin(), found.loose.end());
    // php/php-fpm.conf may be copied to php-fpm.d/, whose files go on where the one before ended.
    std::erase_if(found.walked, [&](const Entry& entry) {
      return entry.kind == "php-fpm" && !is_whole(survey, entry.path, entry.kind);
    });
  }
  std::vector<Entry> here = found.known;
  for (const auto& entry : found.walked)
    if (std::ranges::none_of(found.known,
                             [&](const Entry& known) { return known.kind == entry.kind; }))
      here.push_back(entry);
  const bool has_server = std::ranges::any_of(here, [](const Entry& entry) {
    return entry.kind != "container" && entry.kind != "compose";
  });
  here.insert(here.end(), found.wordpress.begin(), found.wordpress.end());
  if (!has_server) add_php_applications(found, target, survey.tree, here);
  if (kind == "php" && std::ranges::none_of(here, [](const Entry& entry) {
        return entry.kind == "php" || entry.kind == "wordpress";
      }))
    here.push_back({"php", tree::resolve(survey.tree, target).path, true});
  if (!kind.empty())
    std::erase_if(here, [&](const Entry& entry) {
      return entry.kind != kind && !(kind == "php" && entry.kind == "wordpress");
    });
  tell_unlike(survey, found.unlike, here);
  if (here.empty())
    survey.blind(Survey::whole_file(target), "service", target,
                 "nothing to audit: no entry point of a server or an application below it", true);
  entries.insert(entries.end(), here.begin(), here.end());
}

void take_file(Survey& survey, const std::string& path, const std::string& wanted,
               std::vector<Entry>& entries, std::vector<TargetError>& errors) {
  std::string kind = wanted;
  if (kind.empty()) kind = kind_of_name(path);
  if (kind.empty()) {
    const auto content = tree::read_file(survey.tree, path, kRecogniseLimit);
    if (!content) {
      errors.push_back({path, tree::errno_words(content.error())});
      return;
    }
    kind = kind_of_content(*content);
  }
  if (kind.empty() || kind == kNginxPart) {
    errors.push_back(
        {path, kind.empty() ? "not recognised: say with --kind what it is"
                            : "a part of an nginx configuration: audit the file that includes it, "
                              "or say --kind nginx"});
    return;
  }
  const bool of_directory = kind == "wordpress";
  entries.push_back({kind, std::string(of_directory ? tree::dirname(path) : path), true});
}

void take_target(Survey& survey, const std::string& given, const std::string& kind,
                 std::vector<Entry>& entries, std::vector<TargetError>& errors) {
  const auto path = tree::normalize(given);
  const auto end = tree::resolve(survey.tree, path);
  if (!end) {
    errors.push_back({path, tree::errno_words(end.error)});
  } else if (end.stat.type == tree::FileType::directory) {
    const auto names = survey.tree.list(end.path);
    if (names)
      search_directory(survey, path, kind, entries);
    else
      errors.push_back({path, tree::errno_words(names.error())});
  } else if (end.stat.type == tree::FileType::regular) {
    take_file(survey, path, kind, entries, errors);
  } else {
    errors.push_back({path, "neither a file nor a directory"});
  }
}

// "/etc/systemd/system/nginx.service", or a drop-in ".../nginx.service.d/user.conf".
std::string unit_named(std::string_view path) {
  auto name = tree::basename(path);
  if (!name.ends_with(".service")) name = tree::basename(tree::dirname(path));
  if (name.ends_with(".d")) name.remove_suffix(2);
  return std::string(name);
}

constexpr std::array<std::string_view, 4> kConfigurationOptions{"-c", "-f", "-y", "--fpm-config"};

// The file that the unit's command names; empty where it names none.
std::string named_configuration(const ServiceUnit& unit) {
  for (const auto& command : unit.exec_start)
    for (std::size_t i = 0; i + 1 < command.args.size(); ++i)
      if (contains(kConfigurationOptions, command.args[i]) && command.args[i + 1].starts_with('/'))
        return command.args[i + 1];
  return {};
}

// That, else the distribution's place for its kind: of several versions the one that the unit's
// name has.
std::string configuration_of(const tree::Tree& tree, const ServiceUnit& unit) {
  if (auto named = named_configuration(unit); !named.empty()) return named;
  std::string first;
  for (const auto& place : kKnownPlaces) {
    if (place.kind != unit.kind) continue;
    for (const auto& path : tree::glob(tree, place.pattern).paths) {
      const auto version = tree::basename(tree::dirname(tree::dirname(path)));
      if (unit.name.find(version) != std::string::npos) return path;
      if (first.empty()) first = path;
    }
  }
  return first;
}

}  // namespace

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
    if (!unit.enabled || unit.masked || unit.refused || !contains(kServers, unit.kind)) continue;
    if (!targets.kind.empty() && targets.kind != unit.kind) continue;
    const auto config = named_configuration(unit);
    const auto end = tree::resolve(survey.tree, config);
    if (config.empty() || !end || end.stat.type != tree::FileType::regular) continue;
    const bool asked = std::ranges::any_of(targets.paths, [&](const std::string& target) {
      return end.path != target && tree::is_within(end.path, target);
    });
    const bool there = std::ranges::any_of(entries, [&](const Entry& entry) {
      return tree::resolve(survey.tree, entry.path).path == end.path;
    });
    if (asked && !there) entries.push_back({unit.kind, config, false});
  }
}

bool known_place_exists(const tree::Tree& tree, std::string_view kind) {
  return std::ranges::any_of(kKnownPlaces, [&](const KnownPlace& place) {
    return place.kind == kind && !tree::glob(tree, place.pattern, 1).paths.empty();
  });
}

std::vector<Entry> find_entries(Survey& survey, const Targets& targets,
                                std::vector<TargetError>& errors) {
  std::vector<Entry> entries;
  for (const auto& target : targets.paths)
    take_target(survey, target, targets.kind, entries, errors);
  const auto key = [](const Entry& entry) { return std::tie(entry.kind, entry.path); };
  std::ranges::stable_sort(entries, [&](const Entry& a, const Entry& b) {
    return key(a) != key(b) ? key(a) < key(b) : a.named > b.named;
  });
  const auto same = [&](const Entry& a, const Entry& b) { return key(a) == key(b); };
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
  return entries;
}

}  // namespace stackaudit::stack

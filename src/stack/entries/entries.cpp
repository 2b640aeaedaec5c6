// Finds entry points: the places where distributions put them first, then what a bounded walk met.
#include "stack/entries/entries.hpp"

#include "stack/entries/entry_walk.hpp"
#include "stack/entries/recognise.hpp"
#include "stack/placeholders.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace stackaudit::stack {
namespace {

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

// A main file that is a template yet is no configuration.
void drop_templates(Survey& survey, std::vector<Entry>& entries) {
  constexpr auto kServers = std::to_array<std::string_view>({"nginx", "apache", "php-fpm"});
  std::erase_if(entries, [&](const Entry& entry) {
    if (!text::is_one_of(entry.kind, kServers)) return false;
    const auto content = tree::read_file(survey.tree, entry.path, kRecogniseLimit);
    return content && is_filled_in_later(survey, entry.path, *content);
  });
}

void search_directory(Survey& survey, const std::string& target, const std::string& kind,
                      std::vector<Entry>& entries) {
  auto found = walk_target(survey, target);
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
  drop_templates(survey, found.known);
  drop_templates(survey, found.walked);
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

}  // namespace

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

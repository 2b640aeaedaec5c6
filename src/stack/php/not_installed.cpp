// A checkout tells what it lacks on purpose: by its .gitignore, by samples, by where it looks.
#include "stack/php/not_installed.hpp"

#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace stackaudit::stack::php {
namespace {

// How far above a missing file the .gitignore of its repository may be.
constexpr int kLevels = 16;

// Whether a line of a .gitignore names the file or a directory that it lies in. Patterns with
// wildcards are left alone, but for "directory/*".
bool names(std::string_view line, std::string_view path) {
  line = text::trimmed(line);
  if (line.empty() || line[0] == '#' || line[0] == '!') return false;
  for (const std::string_view end : {"*", "/"})
    if (line.ends_with(end)) line.remove_suffix(1);
  const bool anchored = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return false;
  const auto components = text::words(path, "/");
  return anchored ? tree::is_within(path, line)
                  : std::ranges::find(components, line) != components.end();
}

// Whether a line of one of Git's files of this name fits, which lie in the directories above.
template <class Fits>
bool git_says(const Survey& survey, const std::string& missing, std::string_view name, Fits fits) {
  std::string_view directory = missing;
  for (int level = 0; level < kLevels && directory != "/"; ++level) {
    directory = tree::dirname(directory);
    const auto content =
        tree::read_file(survey.tree, tree::join(directory, name), tree::kReadLimit);
    if (!content) continue;
    for (const auto& line : text::lines(*content))
      if (fits(directory, line.text)) return true;
  }
  return false;
}

// Git leaves it out of the repository: a build, Composer or the installation makes it.
bool is_ignored(const Survey& survey, const std::string& missing) {
  return git_says(survey, missing, ".gitignore", [&](auto directory, auto line) {
    return names(line, std::string_view(missing).substr(tree::join(directory, "").size()));
  });
}

// A directory that Git fetches with --recurse-submodules alone.
bool is_of_submodule(const Survey& survey, const std::string& missing) {
  constexpr std::string_view kPath = "path = ";
  return git_says(survey, missing, ".gitmodules", [&](auto directory, auto line) {
    const auto words = text::trimmed(line);
    if (!words.starts_with(kPath)) return false;
    const auto module = tree::join(directory, words.substr(kPath.size()));
    const auto held = tree::list_directory(survey.tree, module);
    return tree::is_within(missing, module) && (!held || held->empty());
  });
}

// "../../config.php" of a plugin that lies in its own repository.
bool lies_around(const Corpus& corpus, const Unit& unit, const Target& target) {
  if (target.text.value.find("/../") == std::string::npos ||
      tree::is_within(target.path, corpus.applications[unit.application].root))
    return false;
  const auto names = tree::list_directory(corpus.survey().tree, tree::dirname(target.path));
  return !names || std::ranges::none_of(
                       *names, [](const std::string& name) { return name.ends_with(".php"); });
}

// "config-dist.php", "config.sample.php", "config.php.example" and "config.php.new" have the words
// of config.php in their order, and one that says what they are.
bool has_sample(const Survey& survey, const std::string& missing) {
  const auto names = tree::list_directory(survey.tree, tree::dirname(missing));
  if (!names) return false;
  const auto wanted = name_words(tree::basename(missing));
  if (std::ranges::any_of(wanted, is_sample_word)) return false;
  return std::ranges::any_of(*names, [&](const std::string& name) {
    auto words = name_words(name);
    if (name.ends_with(".new")) words.pop_back();
    std::erase_if(words, is_sample_word);
    return name != tree::basename(missing) && words == wanted;
  });
}

// A file in vendor/, which is not there yet, beside a composer.json.
bool is_of_composer(const Survey& survey, std::string_view missing) {
  constexpr std::string_view kVendor = "/vendor/";
  const auto at = missing.find(kVendor);
  if (at == std::string_view::npos) return false;
  const auto base = missing.substr(0, at);
  return survey.state_of(tree::join(base, "composer.json"), "file") == "found" &&
         survey.state_of(tree::join(base, "vendor"), "directory") == "missing";
}

// "skeleton/public/index.php" and "roles/web/templates/config.php": an installer copies them to
// where they run.
bool is_copied(std::string_view path) {
  const auto names = text::words(tree::dirname(path), "/");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "skeleton" || names[i] == "skeletons") return true;
    if (names[i] == "roles" && i + 2 < names.size() &&
        (names[i + 2] == "templates" || names[i + 2] == "files"))
      return true;
  }
  return false;
}

// require '/usr/local/app/inc/a.php' in src/usr/local/app/index.php or in src/app/index.php: what
// the checkout has of that file, which is installed elsewhere.
std::string laid_out(const Survey& survey, const Unit& unit, const Target& target) {
  if (!target.text.value.starts_with('/') || target.text.pieces.empty() ||
      target.text.pieces[0].begin > 0)
    return {};
  const std::string_view missing = target.path;
  for (auto place = tree::dirname(unit.path); place.size() > 1; place = tree::dirname(place)) {
    for (auto slash = missing.find('/'); slash < missing.rfind('/');
         slash = missing.find('/', slash + 1)) {
      const auto rest = missing.substr(slash + 1);
      const auto first = tree::join(place, rest.substr(0, rest.find('/')));
      auto held = tree::join(place, rest);
      if ((slash == 0 || tree::is_within(unit.path, first)) &&
          survey.state_of(held, "file") == "found")
        return held;
    }
  }
  return {};
}

bool is_of_wordpress(std::string_view path) {
  constexpr std::array<std::string_view, 4> kFiles{"wp-load.php", "wp-blog-header.php",
                                                   "wp-config.php", "wp-settings.php"};
  const auto directory = tree::basename(tree::dirname(path));
  return std::ranges::find(kFiles, tree::basename(path)) != kFiles.end() ||
         directory == "wp-admin" || path.find("/wp-includes/") != path.npos;
}

// No server serves it, and neither cron nor a unit or supervisord runs it.
bool lies_in_checkout(const Corpus& corpus, const Unit& unit) {
  const auto& application = corpus.applications[unit.application];
  const bool runs = unit.reached && unit.reached->run != nullptr;
  return !application.served && !application.command && !runs;
}

}  // namespace

bool is_copied_first(const Corpus& corpus, const Unit& unit) {
  const std::string_view path = unit.path;
  const auto& root = corpus.applications[unit.application].root;
  return lies_in_checkout(corpus, unit) && path.starts_with(root + "/") &&
         is_copied(path.substr(root.size()));
}

std::string made_at_installation(const Corpus& corpus, const Unit& unit, const Target& target) {
  if (!lies_in_checkout(corpus, unit)) return {};
  const auto& survey = corpus.survey();
  const auto& missing = target.path;
  if (is_copied_first(corpus, unit))
    return "not installed: the file is copied from here to where it runs";
  static const std::string kMadeByComposer = "not installed: composer install makes vendor/";
  if (is_ignored(survey, missing))
    return missing.find("/vendor/") == std::string::npos ? "not installed: Git leaves it out"
                                                         : kMadeByComposer;
  if (is_of_composer(survey, missing)) return kMadeByComposer;
  if (is_of_submodule(survey, missing)) return "not installed: it is of a submodule of Git";
  if (!survey.knows_accounts() &&
      (tree::is_within(missing, "/etc") || tree::is_within(missing, "/var")))
    return "not installed: a package's installation makes it";
  if (const auto held = laid_out(survey, unit, target); !held.empty())
    return "not installed: here it is " + held;
  if (unit.wordpress.empty() && is_of_wordpress(missing))
    return "not installed: WordPress is not here";
  if (missing.ends_with(".phar")) return "not installed: an archive is built";
  if (has_sample(survey, missing)) return "not installed: it is made of the sample beside it";
  if (lies_around(corpus, unit, target)) return "not installed: the program around it is not here";
  return {};
}

bool is_only_a_sample(const Corpus& corpus, const Unit& unit) {
  return unit.specimen && unit.loaders == 0 &&
         !is_test(unit.path, corpus.applications[unit.application].root);
}

}  // namespace stackaudit::stack::php

#include "stack/php/not_installed.hpp"

#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <vector>

namespace stackaudit::stack::php {
namespace {

// How far above vendor/ its composer.json may be: protected/vendor, public/lists/base/vendor.
constexpr int kLevels = 4;

bool leaves_out_vendor(const Survey& survey, const std::string& file) {
  const auto ignored = tree::read_file(survey.tree, file, tree::kReadLimit);
  if (!ignored) return false;
  for (const auto& each : text::lines(*ignored)) {
    auto line = text::trimmed(each.text);
    for (const std::string_view end : {"*", "/"})
      if (line.ends_with(end)) line.remove_suffix(1);
    if (line == "vendor" || line.ends_with("/vendor")) return true;
  }
  return false;
}

// A vendor/ that Git leaves out and Composer has not filled.
bool waits_for_composer(const Survey& survey, const std::string& missing) {
  const auto at = missing.find("/vendor/");
  if (at == std::string::npos) return false;
  auto project = missing.substr(0, at);
  if (survey.state_of(project + "/vendor/autoload.php", "file") != "missing") return false;
  for (int level = 0; level < kLevels && project.size() > 1; ++level) {
    if (survey.state_of(project + "/composer.json", "file") == "found")
      return leaves_out_vendor(survey, project + "/.gitignore");
    project = std::string(tree::dirname(project));
  }
  return false;
}

// The words of "config-dist.php", "config.sample.php" and "config.php.example" that are those of
// config.php, in their order.
std::vector<std::string_view> words_of(std::string_view name, bool& sample) {
  std::vector<std::string_view> words;
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of("-_."), name.size());
    const auto word = name.substr(0, end);
    if (is_sample_word(word))
      sample = true;
    else
      words.push_back(word);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return words;
}

bool has_sample(const Survey& survey, const std::string& missing) {
  const auto names = tree::list_directory(survey.tree, tree::dirname(missing));
  if (!names) return false;
  bool sample = false;
  const auto wanted = words_of(tree::basename(missing), sample);
  if (sample) return false;
  return std::ranges::any_of(*names, [&](const std::string& name) {
    bool is_sample = false;
    return words_of(name, is_sample) == wanted && is_sample;
  });
}

}  // namespace

std::string made_at_installation(const Corpus& corpus, const Unit& unit,
                                 const std::string& missing) {
  if (corpus.applications[unit.application].served) return {};
  const auto& survey = corpus.survey();
  if (waits_for_composer(survey, missing)) return "composer install makes vendor/";
  if (has_sample(survey, missing)) return "it is made of the sample beside it";
  return {};
}

bool is_only_a_sample(const Corpus& corpus, const Unit& unit) {
  return unit.specimen && unit.loaders == 0 &&
         !is_test(unit.path, corpus.applications[unit.application].root);
}

}  // namespace stackaudit::stack::php

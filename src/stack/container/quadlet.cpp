// What Exec= and Entrypoint= say stands in for the image's own, as in a Compose file.
#include "stack/container/quadlet.hpp"

#include "stack/container/foreground.hpp"
#include "syntax/ini/ini.hpp"
#include "syntax/ini/words.hpp"
#include "tree/glob.hpp"

#include <array>
#include <tuple>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

constexpr std::array<std::string_view, 2> kPlaces{"/etc/containers/systemd/*.container",
                                                  "/usr/share/containers/systemd/*.container"};

std::vector<std::string> words_of(std::string_view value) {
  std::vector<std::string> words;
  for (auto& word : ini::split_words(value).words) words.push_back(std::move(word.text));
  return words;
}

void check_quadlet(Survey& survey, const std::string& path) {
  const auto file = survey.load(path, "reference");
  if (!file) return;
  const auto document = ini::parse(survey.sources.content(*file), *file, ini::Dialect::systemd);
  ServiceStart start;
  start.language = "unit";
  for (const auto& section : document.sections) {
    if (section.name.value != "Container") continue;
    for (const auto& entry : section.entries) {
      const auto& [key, value] = std::tie(entry.key, entry.value);
      if (key.value == "Image") start.image = value.value;
      if (key.value == "Entrypoint") start.entrypoint = words_of(value.value);
      if (key.value == "Exec") start.command = words_of(value.value);
      if (key.value == "Volume" && value.value.starts_with('/'))
        start.sources.push_back(value.value.substr(0, value.value.find(':')));
      if (key.value == "Exec" || (key.value == "Entrypoint" && start.command.empty()))
        start.where = value.span;
    }
  }
  check_foreground(survey, start);
}

}  // namespace

void check_quadlets(Survey& survey) {
  for (const auto place : kPlaces)
    for (const auto& path : tree::glob(survey.tree, place).paths) check_quadlet(survey, path);
}

}  // namespace stackaudit::stack

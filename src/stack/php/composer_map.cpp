// Line by line: what the maps are written with is no more than quotes, arrows and $baseDir.
#include "stack/php/composer_map.hpp"

#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

// The words between two quotes, behind `at`; \\ is one backslash.
std::optional<std::string> quoted(std::string_view line, std::size_t& at) {
  const auto open = line.find('\'', at);
  const auto close = open == line.npos ? open : line.find('\'', open + 1);
  if (close == line.npos) return std::nullopt;
  std::string words;
  for (auto i = open + 1; i < close; ++i) {
    if (line[i] == '\\' && i + 1 < close && line[i + 1] == '\\') ++i;
    words += line[i];
  }
  at = close + 1;
  return words;
}

//     'App\\' => array($baseDir . '/src', $baseDir . '/lib'),
void add_prefix(std::string_view line, std::size_t begin, ComposerMap& map) {
  std::size_t at = 0;
  const auto arrow = line.find("=>");
  const auto name = quoted(line, at);
  if (!name || arrow == line.npos || at > arrow) return;
  ComposerPrefix prefix;
  prefix.begin = begin + line.find('\'');
  prefix.end = begin + line.size();
  for (auto word = quoted(line, at); word; word = quoted(line, at)) {
    const auto variable = line.rfind('$', at);
    if (variable == line.npos || !line.substr(variable).starts_with("$baseDir")) return;
    prefix.directories.push_back(map.base + *word);
  }
  if (!prefix.directories.empty()) map.prefixes.emplace(*name, std::move(prefix));
}

//     'Cart' => $baseDir . '/lib/class.cart.php',
void add_class(std::string_view line, ComposerMap& map) {
  std::size_t at = 0;
  const auto arrow = line.find("=>");
  const auto name = quoted(line, at);
  if (!name || arrow == line.npos || at > arrow) return;
  const bool own = line.find("$baseDir", arrow) != line.npos;
  const auto path = quoted(line, at);
  map.classes[*name] = own && path ? map.base + *path : std::string{};
}

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    visit(text.substr(begin, end - begin), begin);
    begin = end + 1;
  }
}

}  // namespace

const std::pair<const std::string, ComposerPrefix>* ComposerMap::longest(
    const std::string& name) const {
  const std::pair<const std::string, ComposerPrefix>* best = nullptr;
  for (const auto& each : prefixes)
    if (name.starts_with(each.first) && (best == nullptr || each.first.size() > best->first.size()))
      best = &each;
  return best;
}

std::vector<std::string> ComposerMap::files_of(const std::string& name) const {
  if (const auto it = classes.find(name); it != classes.end())
    return it->second.empty() ? std::vector<std::string>{} : std::vector{it->second};
  std::vector<std::string> files;
  const auto* prefix = longest(name);
  if (prefix == nullptr) return files;
  auto rest = name.substr(prefix->first.size());
  std::ranges::replace(rest, '\\', '/');
  for (const auto& directory : prefix->second.directories)
    files.push_back(directory + "/" + rest + ".php");
  return files;
}

std::optional<ComposerMap> composer_map(Survey& survey, const std::string& directory) {
  ComposerMap map;
  map.base = tree::dirname(tree::dirname(directory));
  const auto file = survey.load(directory + "/autoload_psr4.php", "reference");
  if (!file) return std::nullopt;
  map.file = *file;
  each_line(survey.sources.content(*file),
            [&](std::string_view line, std::size_t begin) { add_prefix(line, begin, map); });
  if (const auto text = tree::read_file(survey.tree, directory + "/autoload_classmap.php"))
    each_line(*text, [&](std::string_view line, std::size_t) { add_class(line, map); });
  const bool own =
      std::ranges::any_of(map.classes, [](const auto& c) { return !c.second.empty(); });
  if (map.prefixes.empty() && !own) return std::nullopt;
  return map;
}

}  // namespace stackaudit::stack::php

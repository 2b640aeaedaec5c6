// The content decides: a neighbour that is named alike is only meant if it declares the class.
#include "stack/php/misnamed.hpp"

#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kLimit = 1U << 20U;
constexpr std::size_t kMostSlips = 2;
constexpr int kMostDirectories = 3;  // that are not there, one in the other
constexpr auto kKinds =
    std::to_array<std::string_view>({"class ", "interface ", "trait ", "enum "});

bool is_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}

bool looks_alike(std::string_view name, std::string_view other) {
  if (name == other) return false;
  if (text::equal_ignoring_case(name, other)) return true;
  const auto own = name.substr(0, name.find('.')), their = other.substr(0, other.find('.'));
  if (text::equal_ignoring_case(own, their))
    return other.find(".php") != std::string_view::npos || other.ends_with(".inc");
  return text::edit_distance(name, other, kMostSlips) <= kMostSlips && own.size() > 5;
}

// The names of the classes that a text declares.
std::vector<std::string> classes_in(std::string_view text) {
  std::vector<std::string> names;
  for (const auto kind : kKinds)
    for (auto at = text.find(kind); at != text.npos; at = text.find(kind, at + 1)) {
      if (at > 0 && is_letter(text[at - 1])) continue;
      auto begin = at + kind.size();
      while (begin < text.size() && text[begin] == ' ') ++begin;
      auto end = begin;
      while (end < text.size() && is_letter(text[end])) ++end;
      if (end > begin) names.emplace_back(text.substr(begin, end - begin));
    }
  return names;
}

// Whether the file declares the class, and names its namespace.
bool is_of(const Survey& survey, const std::string& path, std::string_view class_name) {
  const auto end = tree::resolve(survey.tree, path);
  if (!end || end.stat.type != tree::FileType::regular) return false;
  const auto text = tree::read_file(survey.tree, path, kLimit);
  if (!text) return false;
  const auto slash = class_name.rfind('\\');
  const auto name = slash == class_name.npos ? class_name : class_name.substr(slash + 1);
  const auto space = slash == class_name.npos ? std::string_view{} : class_name.substr(0, slash);
  const bool named = std::ranges::any_of(classes_in(*text), [&](const std::string& declared) {
    return text::equal_ignoring_case(declared, name);
  });
  return named && (space.empty() ||
                   text::lower(*text).find("namespace " + text::lower(space)) != std::string::npos);
}

// The directory as it is written on disk: each name in it may differ a little.
std::optional<std::string> directory_like(const Survey& survey, const std::string& directory,
                                          int names_left = kMostDirectories) {
  if (survey.state_of(directory, "directory") == "found") return directory;
  if (names_left == 0) return std::nullopt;
  const auto above = directory_like(survey, std::string(tree::dirname(directory)), names_left - 1);
  if (!above) return std::nullopt;
  const auto names = tree::list_directory(survey.tree, *above);
  if (!names) return std::nullopt;
  const auto wanted = tree::basename(directory);
  for (const auto& name : *names)
    if ((name == wanted || looks_alike(wanted, name)) &&
        survey.state_of(tree::join(*above, name), "directory") == "found")
      return tree::join(*above, name);
  return std::nullopt;
}

// Where a slash was left out behind a directory: /srv/shop/srcText/Slug.php for src/Text/Slug.php.
std::string with_slash(const Survey& survey, const std::string& path) {
  auto above = std::string(tree::dirname(path));
  while (above != "/" && survey.state_of(tree::dirname(above), "directory") != "found")
    above = tree::dirname(above);
  const std::string parent(tree::dirname(above));
  const auto run_together = tree::basename(above);
  const auto names = tree::list_directory(survey.tree, parent);
  if (!names || survey.state_of(above, "directory") == "found") return {};
  for (const auto& name : *names) {
    if (name.empty() || name.size() >= run_together.size() || !run_together.starts_with(name))
      continue;
    auto other = tree::join(parent, name) + "/" + path.substr(parent.size() + 1 + name.size());
    if (survey.state_of(other, "file") == "found") return other;
  }
  return {};
}

}  // namespace

std::string misnamed(const Survey& survey, std::string_view missing, std::string_view class_name) {
  if (class_name.empty() || !missing.starts_with('/') ||
      missing.find('.') == std::string_view::npos)
    return {};
  const auto path = tree::normalize(missing);
  const auto wanted = tree::basename(path);
  const auto own = std::string(tree::dirname(path));
  const auto directory = directory_like(survey, own);
  if (!directory) {
    auto other = with_slash(survey, path);
    return !other.empty() && is_of(survey, other, class_name) ? other : std::string{};
  }
  const auto names = tree::list_directory(survey.tree, *directory);
  if (!names) return {};
  for (const auto& name : *names) {
    const bool alike = looks_alike(wanted, name) || (*directory != own && name == wanted);
    const auto other = tree::join(*directory, name);
    if (alike && is_of(survey, other, class_name)) return other;
  }
  return {};
}

}  // namespace stackaudit::stack::php

// Paths are kept as the process will meet them, with the place of the word that names each.
#include "stack/systemd/unit_paths.hpp"

#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

std::string_view before_colon(const ini::ValueWord& word) {
  return std::string_view(word.text).substr(0, word.text.find(':'));
}

}  // namespace

facts::Place UnitPaths::place_of(const ini::Entry& entry, std::size_t begin,
                                 std::size_t end) const {
  auto span = entry.value.span;
  if (span.end - span.begin == entry.value.value.size()) {
    span.end = span.begin + static_cast<std::uint32_t>(end);
    span.begin += static_cast<std::uint32_t>(begin);
  }
  return survey_.place(span);
}

std::optional<NamedPath> UnitPaths::named(const ini::Entry& entry, std::string_view text,
                                          std::size_t begin) const {
  const auto end = begin + text.size();
  NamedPath result;
  while (text.starts_with('-') || text.starts_with('+')) {
    result.optional = result.optional || text.starts_with('-');
    text.remove_prefix(1);
  }
  const auto expanded = expand_specifiers(text, unit_.name);
  if (!expanded.known || expanded.refused != 0) return std::nullopt;
  result.path = expanded.text;
  result.place = place_of(entry, end - text.size(), end);
  return result;
}

void UnitPaths::add_sandbox_paths(const ini::Entry& entry) {
  if (entry.value.value.empty()) return unit_.sandbox_paths.clear();
  for (const auto& word : ini::split_words(entry.value.value).words)
    if (auto path = named(entry, before_colon(word), word.begin);
        path && path->path.starts_with('/'))
      unit_.sandbox_paths.push_back(*std::move(path));
}

void UnitPaths::add_fences(const ini::Entry& entry, Fence::Kind kind) {
  add_sandbox_paths(entry);
  if (entry.value.value.empty())
    std::erase_if(unit_.fences, [&](const Fence& fence) { return fence.kind == kind; });
  for (const auto& word : ini::split_words(entry.value.value).words)
    add_fence(entry, kind, word, word.text);
}

void UnitPaths::add_temporary(const ini::Entry& entry) {
  if (entry.value.value.empty())
    std::erase_if(unit_.fences, [](const Fence& fence) {
      return fence.setting.starts_with("TemporaryFileSystem=");
    });
  for (const auto& word : ini::split_words(entry.value.value).words) {
    add_fence(entry, Fence::Kind::hidden, word, before_colon(word));
    const auto options = word.text.substr(std::min(word.text.find(':'), word.text.size()));
    if ((options + ",").find("ro,") != std::string::npos && !unit_.fences.empty())
      unit_.fences.back().setting += ":ro";
  }
}

void UnitPaths::add_bound(const ini::Entry& entry) {
  add_sandbox_paths(entry);
  const bool read_only = entry.key.value == "BindReadOnlyPaths";
  for (auto word : ini::split_words(entry.value.value).words) {
    const auto colon = word.text.find(':');
    if (colon != std::string::npos && word.text.substr(colon + 1).starts_with('/'))
      word.text.erase(0, colon + 1);
    add_fence(entry, read_only ? Fence::Kind::read_only : Fence::Kind::writable, word,
              before_colon(word));
  }
}

void UnitPaths::add_fence(const ini::Entry& entry, Fence::Kind kind, const ini::ValueWord& word,
                          std::string_view text) {
  const auto path = named(entry, text, word.begin);
  if (path && path->path.starts_with('/'))
    unit_.fences.push_back(
        {tree::normalize(path->path), kind, entry.key.value + "=" + path->path, path->place});
}

}  // namespace stackaudit::stack

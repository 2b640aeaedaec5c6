// Line starts are indexed on the first question about a text, once.
#include "text/source_map.hpp"

#include "text/utf8.hpp"

#include <algorithm>

namespace stackaudit::text {

FileId SourceMap::add(std::string path, std::string content) {
  const std::lock_guard lock(mutex_);
  const auto id = static_cast<FileId>(sources_.size());
  auto& source = sources_.emplace_back();
  source.path = std::move(path);
  source.content = std::move(content);
  by_path_.emplace(source.path, id);
  return id;
}

FileId SourceMap::add_copy(std::string path, FileId original) {
  const auto& from = this->original(original);
  const std::lock_guard lock(mutex_);
  const auto id = static_cast<FileId>(sources_.size());
  auto& source = sources_.emplace_back();
  source.path = std::move(path);
  source.original = &from;
  by_path_.emplace(source.path, id);
  return id;
}

std::optional<FileId> SourceMap::find(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  const auto it = by_path_.find(std::string(path));
  return it == by_path_.end() ? std::nullopt : std::optional(it->second);
}

const SourceMap::Source& SourceMap::source(FileId file) const {
  const std::lock_guard lock(mutex_);
  return sources_.at(static_cast<std::size_t>(file));
}

const SourceMap::Source& SourceMap::original(FileId file) const {
  const auto& s = source(file);
  return s.original == nullptr ? s : *s.original;
}

const std::vector<std::uint32_t>& SourceMap::line_starts(FileId file) const {
  auto& s = const_cast<Source&>(original(file));  // the index is a cache
  std::call_once(s.indexed, [&s] {
    s.line_starts.push_back(0);
    for (auto at = s.content.find('\n'); at != std::string::npos; at = s.content.find('\n', at + 1))
      s.line_starts.push_back(static_cast<std::uint32_t>(at + 1));
  });
  return s.line_starts;
}

std::string_view SourceMap::path(FileId file) const {
  return source(file).path;
}

std::string_view SourceMap::content(FileId file) const {
  return original(file).content;
}

std::string_view SourceMap::slice(Span span) const {
  const std::string_view all = content(span.file);
  const auto begin = std::min<std::size_t>(span.begin, all.size());
  const auto end = std::clamp<std::size_t>(span.end, begin, all.size());
  return all.substr(begin, end - begin);
}

Location SourceMap::locate(FileId file, std::uint32_t offset) const {
  const auto& starts = line_starts(file);
  const std::string_view all = content(file);
  offset = std::min(offset, static_cast<std::uint32_t>(all.size()));
  const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  const auto begin = *(after - 1);
  return {path(file), static_cast<std::uint32_t>(after - starts.begin()),
          static_cast<std::uint32_t>(count_code_points(all.substr(begin, offset - begin)) + 1)};
}

std::string_view SourceMap::line(FileId file, std::uint32_t line) const {
  const auto& starts = line_starts(file);
  if (line == 0 || line > starts.size()) return {};
  const std::string_view rest = content(file).substr(starts[line - 1]);
  const std::string_view text = rest.substr(0, rest.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

std::uint32_t SourceMap::line_count(FileId file) const {
  return static_cast<std::uint32_t>(line_starts(file).size());
}

}  // namespace stackaudit::text

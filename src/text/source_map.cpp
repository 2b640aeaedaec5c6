// Line starts are indexed on the first question about a text, once.
#include "text/source_map.hpp"

#include "text/utf8.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace stackaudit::text {

FileId SourceMap::add(std::string path, std::string content) {
  const std::lock_guard lock(mutex_);
  auto& source = sources_.emplace_back();
  source.path = std::move(path);
  source.content = std::move(content);
  return number(source);
}

FileId SourceMap::add_copy(std::string path, FileId original) {
  const auto& from = this->original(original);
  const std::lock_guard lock(mutex_);
  auto& source = sources_.emplace_back();
  source.path = std::move(path);
  source.original = &from;
  return number(source);
}

FileId SourceMap::number(Source& source) {
  const auto id = count_.load(std::memory_order_relaxed);
  const auto [block, at] = seat(id);
  if (!by_id_.at(block))
    by_id_[block] = std::make_unique_for_overwrite<Source*[]>(kFirstBlock << block);
  by_id_[block][at] = &source;
  by_path_.emplace(source.path, FileId{static_cast<std::uint32_t>(id)});
  count_.store(id + 1, std::memory_order_release);
  return FileId{static_cast<std::uint32_t>(id)};
}

SourceMap::Seat SourceMap::seat(std::size_t id) {
  const auto block = static_cast<std::size_t>(std::bit_width(id / kFirstBlock + 1)) - 1;
  return {block, id - kFirstBlock * ((std::size_t{1} << block) - 1)};
}

std::optional<FileId> SourceMap::find(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? std::nullopt : std::optional(it->second);
}

const SourceMap::Source& SourceMap::source(FileId file) const {
  const auto id = static_cast<std::size_t>(file);
  if (id >= count_.load(std::memory_order_acquire)) throw std::out_of_range("no such text");
  const auto [block, at] = seat(id);
  return *by_id_[block][at];
}

const SourceMap::Source& SourceMap::original(FileId file) const {
  const auto& s = source(file);
  return s.original == nullptr ? s : *s.original;
}

const std::vector<std::uint32_t>& SourceMap::line_starts(FileId file) const {
  auto& s = const_cast<Source&>(original(file));  // the index is a cache
  std::call_once(s.indexed, [&s] {
    const auto lines = std::ranges::count(s.content, '\n');
    s.line_starts.reserve(static_cast<std::size_t>(lines) + 1);
    s.line_starts.push_back(0);
    for (auto at = s.content.find('\n'); at != std::string::npos; at = s.content.find('\n', at + 1))
      s.line_starts.push_back(static_cast<std::uint32_t>(at + 1));
    s.ascii = std::ranges::all_of(s.content, [](char c) { return (c & '\x80') == 0; });
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
  const auto before =
      original(file).ascii ? offset - begin : count_code_points(all.substr(begin, offset - begin));
  return {path(file), static_cast<std::uint32_t>(after - starts.begin()),
          static_cast<std::uint32_t>(before + 1)};
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

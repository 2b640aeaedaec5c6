// Owns the texts that were read and answers where a byte stands: path, line, column.
// Texts are added once and never change; adding and asking are safe from several threads.
#pragma once

#include "text/span.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stackaudit::text {

struct Location {
  std::string_view path;
  std::uint32_t line = 1;  // from 1
  std::uint32_t column =
      1;  // from 1, in characters (UTF-8 code points; a stray byte counts as one)
};

class SourceMap {
 public:
  // Adds a text under the path that is shown to people. The path may repeat; find() gives the
  // first.
  FileId add(std::string path, std::string content);
  // Another path with the same content, which is kept once.
  FileId add_copy(std::string path, FileId original);

  [[nodiscard]] std::optional<FileId> find(std::string_view path) const;
  [[nodiscard]] std::string_view path(FileId file) const;
  [[nodiscard]] std::string_view content(FileId file) const;
  [[nodiscard]] std::string_view slice(Span span) const;

  // Where the first byte of the span stands. Offsets past the end are taken as the end.
  [[nodiscard]] Location locate(Span span) const { return locate(span.file, span.begin); }
  [[nodiscard]] Location locate(FileId file, std::uint32_t offset) const;

  // The line (from 1) without its line ending; empty where there is no such line.
  [[nodiscard]] std::string_view line(FileId file, std::uint32_t line) const;
  [[nodiscard]] std::uint32_t line_count(FileId file) const;

 private:
  struct Source {
    std::string path;
    std::string content;
    const Source* original = nullptr;  // of a copy: who has the content and the index
    std::once_flag indexed;
    std::vector<std::uint32_t> line_starts;
    bool ascii = false;  // every byte is a character: columns need no counting
  };

  // Where a number stands among blocks that never move, each twice as large as the one before it.
  struct Seat {
    std::size_t block = 0, at = 0;
  };
  static constexpr std::size_t kFirstBlock = 64;
  static Seat seat(std::size_t id);

  FileId number(Source& source);
  const Source& source(FileId file) const;
  const Source& original(FileId file) const;
  const std::vector<std::uint32_t>& line_starts(FileId file) const;

  mutable std::mutex mutex_;
  std::deque<Source> sources_;  // a deque: elements never move
  // Asked without a lock: what stands in front of count_ never changes.
  std::array<std::unique_ptr<Source*[]>, 27> by_id_;
  std::atomic<std::size_t> count_ = 0;
  std::unordered_map<std::string_view, FileId> by_path_;
};

}  // namespace stackaudit::text

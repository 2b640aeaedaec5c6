// A place in a text as 12 bytes: which file, from which byte, to which byte. Lines and columns are
// computed only when something is printed (source_map.hpp).
#pragma once

#include <compare>
#include <cstdint>

namespace stackaudit::text {

// The number of a text inside one SourceMap.
enum class FileId : std::uint32_t { none = 0xffffffff };

// Bytes [begin, end) of one text. Texts are limited to 4 GiB; readers refuse far smaller ones.
struct Span {
  FileId file = FileId::none;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  auto operator<=>(const Span&) const = default;
};

// The smallest span that covers both; they must be of one file.
[[nodiscard]] constexpr Span cover(Span a, Span b) {
  return {a.file, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace stackaudit::text

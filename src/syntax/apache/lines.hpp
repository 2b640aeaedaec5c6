// Logical lines of an Apache configuration: continuations joined, blanks trimmed, and for every
// byte of the joined line the place it came from.
#pragma once

#include "text/span.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::apache {

// One line as httpd sees it. A backslash before the line end joins the next line, in comments too.
struct Line {
  std::string text;  // trimmed

  // The places of bytes [begin, end) of text.
  [[nodiscard]] text::Span span(text::FileId file, std::size_t begin, std::size_t end) const;

  struct Piece {
    std::uint32_t at = 0;      // in text
    std::uint32_t source = 0;  // in the file
  };
  std::vector<Piece> pieces;  // at least one, sorted
};

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  // The next line that is neither empty nor a comment; false at the end.
  bool next(Line& line);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace stackaudit::syntax::apache

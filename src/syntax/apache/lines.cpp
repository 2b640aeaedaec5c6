// A byte order mark is not skipped: httpd takes it for a part of the first name.
#include "syntax/apache/lines.hpp"

#include <algorithm>

namespace stackaudit::syntax::apache {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

void trim(Line& line) {
  std::size_t begin = 0;
  while (begin < line.text.size() && is_space(line.text[begin])) ++begin;
  std::size_t end = line.text.size();
  while (end > begin && is_space(line.text[end - 1])) --end;
  line.text = line.text.substr(begin, end - begin);
  const auto cut = static_cast<std::uint32_t>(begin);
  std::vector<Line::Piece> pieces;
  for (const auto& piece : line.pieces) {
    if (piece.at >= cut) {
      pieces.push_back({piece.at - cut, piece.source});
    } else {
      pieces.assign(1, {0, piece.source + (cut - piece.at)});
    }
  }
  line.pieces = std::move(pieces);
}

}  // namespace

text::Span Line::span(text::FileId file, std::size_t begin, std::size_t end) const {
  const auto source_of = [this](std::size_t at) {
    auto piece = std::ranges::upper_bound(pieces, at, {}, &Piece::at);
    --piece;
    return piece->source + static_cast<std::uint32_t>(at - piece->at);
  };
  if (begin >= end) return {file, source_of(begin), source_of(begin)};
  return {file, source_of(begin), source_of(end - 1) + 1};
}

bool Lines::next(Line& line) {
  while (at_ < text_.size()) {
    line.text.clear();
    line.pieces.clear();
    bool more = true;
    while (more && at_ < text_.size()) {
      const auto newline = std::min(text_.find('\n', at_), text_.size());
      auto physical = text_.substr(at_, newline - at_);
      const bool ended = newline < text_.size();
      if (ended && physical.ends_with('\r')) physical.remove_suffix(1);
      const auto nul = physical.find('\0');
      if (nul != std::string_view::npos) physical = physical.substr(0, nul);
      more = ended && nul == std::string_view::npos && physical.ends_with('\\');
      if (more) physical.remove_suffix(1);
      line.pieces.push_back(
          {static_cast<std::uint32_t>(line.text.size()), static_cast<std::uint32_t>(at_)});
      line.text += physical;
      at_ = std::min(newline + 1, text_.size());
    }
    trim(line);
    if (!line.text.empty() && line.text[0] != '#') return true;
  }
  return false;
}

}  // namespace stackaudit::syntax::apache

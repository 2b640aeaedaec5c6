// One scanner serves the check and the expansion, so that they cannot disagree.
#include "rules/template.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stackaudit::rules {
namespace {

struct Piece {
  enum class Kind : std::uint8_t { literal, column, stray };
  Kind kind = Kind::literal;
  std::size_t begin = 0, end = 0;  // of the template
  std::string_view text;           // the literal, the column's name, or the stray brace
};

Piece next_piece(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  if (rest.starts_with("{{") || rest.starts_with("}}"))
    return {Piece::Kind::literal, at, at + 2, rest.substr(0, 1)};
  if (rest.front() == '}') return {Piece::Kind::stray, at, at + 1, rest.substr(0, 1)};
  if (rest.front() != '{') {
    const auto end = std::min(rest.find_first_of("{}"), rest.size());
    return {Piece::Kind::literal, at, at + end, rest.substr(0, end)};
  }
  const auto end = rest.find_first_of("{}", 1);
  if (end == std::string_view::npos || rest[end] == '{' || end == 1)
    return {Piece::Kind::stray, at, at + 1, rest.substr(0, 1)};
  return {Piece::Kind::column, at, at + end + 1, rest.substr(1, end - 1)};
}

template <class F>
void for_each_piece(std::string_view text, F f) {
  for (std::size_t at = 0; at < text.size();) {
    const auto piece = next_piece(text, at);
    f(piece);
    at = piece.end;
  }
}

bool is_mode(std::string_view column) {
  return column == "mode" || column.ends_with("_mode");
}

}  // namespace

const facts::Value* Row::find(std::string_view column) const {
  const auto it = std::ranges::find(columns_, column);
  if (it == columns_.end()) return nullptr;
  return &values_[static_cast<std::size_t>(it - columns_.begin())];
}

std::optional<std::int64_t> Row::integer(std::string_view column) const {
  const auto* value = find(column);
  if (value == nullptr || !std::holds_alternative<std::int64_t>(*value)) return std::nullopt;
  return std::get<std::int64_t>(*value);
}

std::string Row::text(std::string_view column) const {
  const auto* value = find(column);
  if (value == nullptr) return {};
  const auto* number = std::get_if<std::int64_t>(value);
  if (number != nullptr && is_mode(column)) return fmt::format("{:04o}", *number);
  return facts::to_text(*value);
}

bool Row::says_yes(std::string_view column) const {
  const auto* value = find(column);
  if (value == nullptr) return false;
  const auto text = facts::to_text(*value);
  return !text.empty() && text != "0";
}

std::vector<TemplateProblem> check_template(std::string_view text,
                                            const std::vector<std::string>& columns) {
  std::vector<TemplateProblem> problems;
  for_each_piece(text, [&](const Piece& piece) {
    if (piece.kind == Piece::Kind::stray)
      problems.push_back({piece.begin,
                          piece.end,
                          fmt::format("a stray {0}; write {0}{0} for the brace itself", piece.text),
                          {}});
    if (piece.kind == Piece::Kind::column &&
        std::ranges::find(columns, piece.text) == columns.end())
      problems.push_back({piece.begin, piece.end,
                          fmt::format("the query gives no column {}", piece.text),
                          std::string(piece.text)});
  });
  return problems;
}

std::string expand(const Template& pattern, const Row& row) {
  std::string out;
  for_each_piece(pattern.text, [&](const Piece& piece) {
    if (piece.kind == Piece::Kind::column)
      out += row.text(piece.text);
    else
      out += piece.text;
  });
  return out;
}

std::optional<std::string_view> sole_column(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto piece = next_piece(text, 0);
  if (piece.kind != Piece::Kind::column || piece.end != text.size()) return std::nullopt;
  return piece.text;
}

}  // namespace stackaudit::rules

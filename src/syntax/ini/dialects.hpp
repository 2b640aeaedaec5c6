// The dialects behind ini.hpp, a file each.
#pragma once

#include "syntax/ini/ini.hpp"

#include <algorithm>

namespace stackaudit::syntax::ini {

// What every dialect works on: the text, where it is, and the document that grows.
struct Input {
  std::string_view text;
  text::FileId file;
  Document& document;

  [[nodiscard]] text::Span span(std::size_t begin, std::size_t end) const {
    return {file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  [[nodiscard]] Word word(std::size_t begin, std::size_t end) const {
    return {std::string(text.substr(begin, end - begin)), span(begin, end), 0};
  }
  // First byte after the line's text: its newline, or the end.
  [[nodiscard]] std::size_t line_end(std::size_t at) const {
    return std::min(text.find('\n', at), text.size());
  }
  void problem(std::size_t begin, std::size_t end, std::string message,
               text::Severity severity = text::Severity::error) const {
    document.problems.push_back({span(begin, end), std::move(message), severity, {}, {}});
  }
  void open_section(Word name) const { document.sections.push_back({std::move(name), {}}); }
  void add(Entry entry) const { document.sections.back().entries.push_back(std::move(entry)); }
};

void parse_systemd(const Input& in);
void parse_php(const Input& in);
void parse_php_fpm(const Input& in);
void parse_my_cnf(const Input& in);

}  // namespace stackaudit::syntax::ini

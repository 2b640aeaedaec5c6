// MariaDB's option files, my_default.c: [group], key, key = value, !include, !includedir. A "#"
// ends the line unless it is quoted; ";" only opens a comment line.
#include "syntax/ini/dialects.hpp"

namespace stackaudit::syntax::ini {
namespace {

constexpr std::string_view kBlank = " \t\r\f\v";

struct Range {
  std::size_t begin = 0, end = 0;
};

Range trimmed(std::string_view text, Range range) {
  while (range.begin < range.end && kBlank.find(text[range.begin]) != std::string_view::npos)
    ++range.begin;
  while (range.end > range.begin && kBlank.find(text[range.end - 1]) != std::string_view::npos)
    --range.end;
  return range;
}

std::size_t comment_start(std::string_view text, Range line) {
  char quote = 0;
  for (auto at = line.begin; at < line.end; ++at) {
    const char c = text[at];
    if ((c == '\'' || c == '"') && (quote == 0 || quote == c)) quote = quote == 0 ? c : '\0';
    if (c == '#' && quote == 0) return at;
  }
  return line.end;
}

Word value_word(const Input& in, Range range) {
  auto word = in.word(range.begin, range.end);
  const auto& text = word.value;
  if (text.size() > 1 && text.front() == text.back() &&
      (text.front() == '\'' || text.front() == '"')) {
    word.quote = text.front();
    word.value = text.substr(1, text.size() - 2);
  }
  return word;
}

void include_line(const Input& in, Range line) {
  const auto end = std::min(in.text.find_first_of(kBlank, line.begin), line.end);
  Entry entry;
  entry.key = in.word(line.begin, end);
  const auto value = trimmed(in.text, {end, line.end});
  entry.value = in.word(value.begin, value.end);
  entry.has_value = value.begin < value.end;
  in.add(std::move(entry));
}

void option_line(const Input& in, Range line) {
  const auto sign = std::min(in.text.find('=', line.begin), line.end);
  const auto key = trimmed(in.text, {line.begin, sign});
  Entry entry;
  entry.key = in.word(key.begin, key.end);
  entry.has_value = sign < line.end;
  entry.value = entry.has_value ? value_word(in, trimmed(in.text, {sign + 1, line.end}))
                                : in.word(key.end, key.end);
  if (in.document.sections.back().name.value.empty())
    in.problem(line.begin, line.end, "Found option without preceding group in config file");
  in.add(std::move(entry));
}

}  // namespace

void parse_my_cnf(const Input& in) {
  for (std::size_t at = 0; at < in.text.size();) {
    const Range whole{at, in.line_end(at)};
    at = whole.end + 1;
    auto line = trimmed(in.text, whole);
    if (line.begin == line.end || in.text[line.begin] == '#' || in.text[line.begin] == ';')
      continue;
    if (in.text[line.begin] == '!') {
      include_line(in, line);
      continue;
    }
    line = trimmed(in.text, {line.begin, comment_start(in.text, line)});
    if (in.text[line.begin] != '[') {
      option_line(in, line);
      continue;
    }
    const auto close = std::min(in.text.find(']', line.begin), line.end);
    if (close == line.end)
      in.problem(line.begin, line.end, "Wrong group definition in config file");
    auto name = in.word(line.begin + 1, close);
    name.span = in.span(line.begin, std::min(close + 1, line.end));
    in.open_section(std::move(name));
  }
}

}  // namespace stackaudit::syntax::ini

// systemd.syntax(7) as conf-parser.c reads it: logical lines made of physical ones, comments only
// as whole lines (also between the parts of a continued one), values without quoting of their own.
#include "syntax/ini/dialects.hpp"
#include "text/words.hpp"

namespace stackaudit::syntax::ini {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";

// A logical line: its text, and from where to where it stands. Offsets inside text are offsets in
// the file as long as they lie in the first physical line.
struct Logical {
  std::string text;
  std::size_t begin = 0, end = 0;
};

bool ends_escaped(std::string_view line) {
  bool escaped = false;
  for (const char c : line) escaped = c == '\\' && !escaped;
  return escaped;
}

class Lines {
 public:
  explicit Lines(const Input& in) : in_(in) {}

  bool next(Logical& line) {
    line = {};
    bool started = false;
    while (at_ < in_.text.size()) {
      const auto end = in_.line_end(at_);
      auto begin = std::min(in_.text.find_first_not_of(" \t\r\f\v", at_), end);
      at_ = end + 1;
      if (begin < end && (in_.text[begin] == '#' || in_.text[begin] == ';')) continue;
      const auto physical = in_.text.substr(begin, end - begin);
      const bool goes_on = ends_escaped(physical);
      if (!started) line.begin = begin;
      started = true;
      line.text += physical.substr(0, physical.size() - (goes_on ? 1 : 0));
      line.end = end;
      if (!goes_on) return true;
      line.text += ' ';
    }
    return started;
  }

 private:
  const Input& in_;
  std::size_t at_ = 0;
};

// Offset in the file of the first byte that is no blank at or after `at`, line ends skipped.
std::size_t skip_blanks(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end) {
    if (text[at] == '\\' && at + 1 < end && text[at + 1] == '\n')
      at += 2;
    else if (kBlank.find(text[at]) != std::string_view::npos)
      ++at;
    else
      break;
  }
  return at;
}

void assignment(const Input& in, const Logical& line) {
  const auto equals = line.text.find('=');
  if (equals == std::string::npos) {
    in.problem(line.begin, line.end, "Missing '=', ignoring line.", text::Severity::warning);
    return;
  }
  const auto sign = std::min(in.text.find('=', line.begin), line.end);
  auto key = std::string(text::trimmed(std::string_view(line.text).substr(0, equals)));
  if (key.empty()) {
    in.problem(line.begin, line.end, "Missing key name before '=', ignoring line.",
               text::Severity::warning);
    return;
  }
  auto value = std::string(text::trimmed(std::string_view(line.text).substr(equals + 1)));
  const auto begin = value.empty() ? sign + 1 : skip_blanks(in.text, sign + 1, line.end);
  auto end = line.end;
  while (end > begin && kBlank.find(in.text[end - 1]) != std::string_view::npos) --end;
  const auto key_end = std::min(line.begin + key.size(), in.text.size());
  Entry entry;
  entry.key = {std::move(key), in.span(line.begin, key_end), 0};
  entry.value = {std::move(value), in.span(std::min(begin, end), end), 0};
  entry.has_value = true;
  if (in.document.sections.back().name.value.empty())
    in.problem(line.begin, line.end, "Assignment outside of section. Ignoring.",
               text::Severity::warning);
  in.add(std::move(entry));
}

}  // namespace

void parse_systemd(const Input& in) {
  Lines lines(in);
  Logical line;
  while (lines.next(line)) {
    const auto text = text::trimmed(line.text);
    if (text.empty()) continue;
    if (text.front() != '[') {
      assignment(in, line);
    } else if (text.back() != ']') {
      in.problem(line.begin, line.end, "Invalid section header '" + std::string(text) + "'");
    } else {
      in.open_section(
          {std::string(text.substr(1, text.size() - 2)), in.span(line.begin, line.end), 0});
    }
  }
}

}  // namespace stackaudit::syntax::ini

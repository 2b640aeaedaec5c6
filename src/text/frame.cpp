// Frames are cut to a window of kWindow characters, so that a minified file cannot flood a screen.
#include "text/frame.hpp"

#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stackaudit::text {
namespace {

constexpr std::size_t kWindow = 120;  // bytes of a line that are shown
constexpr std::size_t kLead = 40;     // bytes kept before the span when a line is cut

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

// Moves forward to the start of a UTF-8 sequence.
std::size_t at_boundary(std::string_view text, std::size_t i) {
  while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80U) ++i;
  return i;
}

}  // namespace

std::string code_frame(const SourceMap& sources, Span span, std::string_view note) {
  const Location where = sources.locate(span);
  const std::string_view line = sources.line(span.file, where.line);
  const auto content = sources.content(span.file);
  const auto line_begin = line.data() == nullptr
                              ? content.size()
                              : static_cast<std::size_t>(line.data() - content.data());
  auto begin = std::min<std::size_t>(span.begin - std::min<std::size_t>(span.begin, line_begin),
                                     line.size());
  auto end = std::clamp<std::size_t>(span.end - std::min<std::size_t>(span.end, line_begin), begin,
                                     line.size());

  std::size_t from = 0;
  std::string_view before_cut;
  std::string_view after_cut;
  if (line.size() > kWindow && begin > kLead) {
    from = at_boundary(line, begin - kLead);
    before_cut = "...";
  }
  auto until = at_boundary(line, std::min(line.size(), from + kWindow));
  if (until < line.size()) after_cut = "...";
  end = std::clamp(end, begin, std::max(begin, until));

  const auto head = printable(line.substr(from, begin - from));
  const auto marked = printable(line.substr(begin, end - begin));
  const auto tail = printable(line.substr(end, until - end));
  const auto number = std::to_string(where.line);
  const std::string gutter(number.size(), ' ');
  const std::string carets(std::max<std::size_t>(1, count_code_points(marked)), '^');
  const std::string indent(before_cut.size() + count_code_points(head), ' ');
  return fmt::format(" {} |\n {} | {}{}{}{}{}\n {} | {}{}{}{}\n", gutter, number, before_cut, head,
                     marked, tail, after_cut, gutter, indent, carets, note.empty() ? "" : " ",
                     printable(note));
}

std::string render(const SourceMap& sources, const Diagnostic& diagnostic) {
  const auto heading = [&](Span span, std::string_view kind, std::string_view message) {
    const Location where = sources.locate(span);
    return fmt::format("{}:{}:{}: {}: {}\n", printable(where.path), where.line, where.column, kind,
                       printable(message));
  };
  auto out = heading(diagnostic.span, severity_name(diagnostic.severity), diagnostic.message) +
             code_frame(sources, diagnostic.span);
  for (const Label& label : diagnostic.related)
    out += heading(label.span, "note", label.message) + code_frame(sources, label.span);
  if (!diagnostic.help.empty()) out += fmt::format("  help: {}\n", printable(diagnostic.help));
  return out;
}

}  // namespace stackaudit::text

// Everything that came from a file passes text::printable before it is laid out.
#include "report/text_finding.hpp"

#include "text/frame.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::report {
namespace {

constexpr std::string_view kIndent = "    ";

// The bytes that the code frame marks: the finding's span where it stands on the finding's line,
// else the whole line; none where the text was not read.
std::optional<text::Span> marked(const rules::Finding& finding, const text::SourceMap& sources) {
  const auto file = sources.find(finding.path);
  if (!file || !finding.line || *finding.line < 1) return std::nullopt;
  const auto content = sources.content(*file);
  const auto wanted = static_cast<std::uint32_t>(*finding.line);
  const auto offset = [&](std::int64_t at) {
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(content.size())));
  };
  if (finding.span_begin && finding.span_end) {
    const text::Span span{*file, offset(*finding.span_begin), offset(*finding.span_end)};
    if (span.begin < span.end && sources.locate(span).line == wanted) return span;
  }
  const auto line = sources.line(*file, wanted);
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  const auto begin = offset(line.data() - content.data() + static_cast<std::ptrdiff_t>(first));
  const auto last = line.find_last_not_of(" \t\r");
  return text::Span{*file, begin, begin + static_cast<std::uint32_t>(last - first + 1)};
}

std::string frame(const rules::Finding& finding, const text::SourceMap& sources,
                  const Paint& paint) {
  const auto span = marked(finding, sources);
  if (!span) return {};
  const auto plain = text::code_frame(sources, *span);
  std::string out;
  std::string_view rest = plain;
  for (int number = 0; !rest.empty(); ++number) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (number == 0) continue;  // the empty gutter above the line
    const auto bar = line.find('|') + 1;
    const auto body = line.substr(bar);
    out += fmt::format("{}{}{}\n", kIndent, paint(Role::quiet, line.substr(0, bar)),
                       number == 2 ? paint(role_of(finding.severity), body) : std::string(body));
  }
  return out;
}

std::string note(std::string_view word, std::string_view text, const Paint& paint, Role role) {
  return fmt::format("{}{} {}\n", kIndent, paint(role, fmt::format("{:<8}", word)), text);
}

// A path as a shell takes it: quoted only where it has to be.
std::string shell_word(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+:,@%=").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return std::string(word);
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text::printable(out + "'");
}

// The command that carries an action out, for those that are one; empty for names that a terminal
// cannot show as they are.
std::string command_of(const rules::Action& action) {
  if (text::printable(action.path) != action.path) return {};
  if (action.kind == rules::Action::Kind::mode && action.mode)
    return fmt::format("chmod {:04o} {}", *action.mode, shell_word(action.path));
  if (action.kind == rules::Action::Kind::acl)
    return fmt::format("setfacl -m {} {}", shell_word(action.acl), shell_word(action.path));
  if (action.kind == rules::Action::Kind::owner && action.owner.empty())
    return fmt::format("chgrp {} {}", shell_word(action.group), shell_word(action.path));
  if (action.kind == rules::Action::Kind::owner && !(action.owner + action.group).empty())
    return fmt::format(
        "chown {} {}",
        shell_word(action.group.empty() ? action.owner : action.owner + ":" + action.group),
        shell_word(action.path));
  return {};
}

std::string related_as_text(const rules::Related& related) {
  auto out = text::printable(related.path);
  if (related.line) out += ":" + std::to_string(*related.line);
  if (!related.message.empty()) out += ": " + text::printable(related.message);
  return out;
}

// The same advice, once as an edit and once as a decision, is read once.
std::string advice(const std::vector<rules::Action>& actions, const Paint& paint) {
  std::string out;
  std::vector<std::string> said;
  for (const auto& action : actions) {
    auto text = action_as_text(action);
    if (std::ranges::find(said, text) != said.end()) continue;
    out += note(action.kind == rules::Action::Kind::decide ? "decide" : "mend", text, paint,
                Role::mend);
    said.push_back(std::move(text));
  }
  return out;
}

}  // namespace

std::string prediction_as_text(const rules::Prediction& prediction) {
  std::string out = text::printable(prediction.process);
  if (!prediction.user.empty())
    out += fmt::format("{}as {}", out.empty() ? "" : " ", text::printable(prediction.user));
  std::string call;
  if (!prediction.call.empty())
    call = fmt::format(
        "{}({})", text::printable(prediction.call),
        prediction.path.empty() ? "" : fmt::format("\"{}\"", text::printable(prediction.path)));
  else
    call = text::printable(prediction.path);
  if (!prediction.error.empty())
    call += fmt::format("{}= {}", call.empty() ? "" : " ", text::printable(prediction.error));
  if (!call.empty()) out += (out.empty() ? "" : ": ") + call;
  if (!prediction.effect.empty())
    out += (out.empty() ? "" : " -> ") + text::printable(prediction.effect);
  return out;
}

std::string action_as_text(const rules::Action& action) {
  auto out = text::printable(action.summary);
  const auto command = command_of(action);
  if (!command.empty() && out.find(command) == std::string::npos)
    out += (out.empty() ? "" : ": ") + command;
  return out;
}

std::string finding_as_text(const rules::Finding& finding, const text::SourceMap& sources,
                            const Paint& paint, Incident incident) {
  std::string place = "file";
  if (finding.line) place = std::to_string(*finding.line);
  if (finding.line && finding.column) place += ":" + std::to_string(*finding.column);
  auto out = fmt::format("  {:<7} {}: {}  {}\n", place,
                         paint(role_of(finding.severity), rules::severity_name(finding.severity)),
                         text::printable(finding.message),
                         paint(Role::quiet, "[" + text::printable(finding.rule) + "]"));
  out += frame(finding, sources, paint);
  if (finding.prediction) {
    const auto sentence = prediction_as_text(*finding.prediction);
    if (!sentence.empty()) out += note("happens", sentence, paint, Role::strong);
  }
  for (const auto& related : finding.related)
    out += note("see", related_as_text(related), paint, Role::quiet);
  out += advice(finding.actions, paint);
  if (incident == Incident::tell && !finding.incidents.empty())
    out +=
        note("before",
             fmt::format("faults of this kind led to {} (stackaudit explain {})",
                         text::printable(finding.incidents.front()), text::printable(finding.rule)),
             paint, Role::quiet);
  return out;
}

}  // namespace stackaudit::report

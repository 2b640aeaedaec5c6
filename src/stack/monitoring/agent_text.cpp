// Comments begin with "#" or ";" where a line does; what stands behind them on a line is the
// reader's own matter.
#include "stack/monitoring/agent_text.hpp"

#include "tree/resolve.hpp"

#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;

void tell(Survey& survey, facts::Place place, std::string_view agent, std::string_view code,
          std::string message, std::string help, std::string replacement) {
  survey.add_problem(std::move(place), {.service = agent,
                                        .language = "text",
                                        .code = code,
                                        .severity = "warning",
                                        .message = std::move(message),
                                        .help = std::move(help),
                                        .replacement = std::move(replacement)});
}

}  // namespace

AgentText::AgentText(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {
  if (survey_.state_of(path_, "file") != "found") return;
  file_ = survey_.load(path_, "monitor", kLimit);
  if (!file_) return;
  const std::string_view content = survey_.sources.content(*file_);
  for (const auto& line : text::lines(content)) {
    const auto text = text::trimmed(line.text);
    if (text.empty() || text[0] == '#' || text[0] == ';' || text.starts_with("//")) continue;
    lines_.push_back(
        {text, line.number, line.begin + static_cast<std::size_t>(text.data() - line.text.data())});
  }
}

facts::Place AgentText::place(const AgentLine& line, std::string_view part) const {
  const bool inside =
      part.data() >= line.text.data() && part.data() <= line.text.data() + line.text.size();
  const auto offset = inside ? static_cast<std::size_t>(part.data() - line.text.data()) : 0;
  const auto size = inside && !part.empty() ? part.size() : line.text.size() - offset;
  return survey_.place({*file_, static_cast<std::uint32_t>(line.begin + offset),
                        static_cast<std::uint32_t>(line.begin + offset + size)});
}

std::string_view value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return {};
  auto rest = line.substr(key.size());
  if (rest.empty() || (rest[0] != ' ' && rest[0] != '\t' && rest[0] != '=' && rest[0] != ':'))
    return {};
  const auto begin = rest.find_first_not_of(" \t=:");
  if (begin == rest.npos) return {};
  rest = text::trimmed(rest.substr(begin));
  if (rest[0] != '"' && rest[0] != '\'') return rest;
  const auto end = rest.find(rest[0], 1);
  return rest.substr(1, end == rest.npos ? rest.npos : end - 1);
}

std::string assigned(const tree::Tree& tree, const std::string& path, std::string_view name) {
  const auto content = tree::read_file(tree, path, kLimit);
  if (!content) return {};
  constexpr std::string_view kExport = "export ";
  for (const auto& line : text::lines(*content)) {
    const auto text = text::trimmed(line.text);
    const auto value =
        value_of(text.starts_with(kExport) ? text.substr(kExport.size()) : text, name);
    if (!value.empty()) return std::string(value);
  }
  return {};
}

std::string beside(std::string_view file, std::string_view name) {
  return tree::normalize(tree::join(tree::dirname(file), name));
}

void tell_idle(Survey& survey, facts::Place place, std::string_view agent, std::string message,
               std::string help) {
  tell(survey, std::move(place), agent, "not-read", std::move(message), std::move(help), {});
}

void tell_undefined(Survey& survey, facts::Place place, std::string_view agent, std::string message,
                    const std::optional<std::string>& near) {
  tell(survey, std::move(place), agent, "undefined", std::move(message),
       near ? "did you mean " + *near + "?" : "define it, or write the name of what is defined",
       near.value_or(""));
}

}  // namespace stackaudit::stack

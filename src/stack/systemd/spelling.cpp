// Section and setting names against the table of systemd's own.
#include "stack/systemd/spelling.hpp"

#include "stack/embedded.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

constexpr std::string_view kSettings = "systemd-settings.tsv";

// Section to its settings.
std::map<std::string_view, std::vector<std::string_view>> known_settings() {
  std::map<std::string_view, std::vector<std::string_view>> result;
  for (const auto& file : embedded_files()) {
    if (file.name != kSettings) continue;
    for (auto rest = file.text; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto tab = line.find('\t');
      if (tab != std::string_view::npos && !line.starts_with('#'))
        result[line.substr(0, tab)].push_back(line.substr(tab + 1));
    }
  }
  return result;
}

void check_section(Survey& survey, const ini::Section& section,
                   std::vector<facts::SyntaxProblem>& problems) {
  const auto& name = section.name.value;
  static constexpr std::array<std::string_view, 3> kKnown{"Unit", "Service", "Install"};
  if (name.empty() || name.starts_with("X-") || std::ranges::find(kKnown, name) != kKnown.end())
    return;
  const auto near = text::nearest(name, kKnown);
  problems.push_back(unit_problem(survey.place(section.name.span), "unknown-section", "warning",
                                  "Unknown section '" + name + "'. Ignoring.",
                                  near ? "write [" + *near + "]" : std::string{},
                                  near ? "[" + *near + "]" : std::string{}));
}

void check_key(Survey& survey, const ini::Section& section, const ini::Entry& entry,
               std::vector<facts::SyntaxProblem>& problems) {
  static const auto known = known_settings();
  const auto own = known.find(section.name.value);
  const auto& key = entry.key.value;
  if (own == known.end() || key.starts_with("X-") ||
      std::ranges::find(own->second, key) != own->second.end())
    return;
  const auto message =
      "Unknown key '" + key + "' in section [" + section.name.value + "], ignoring.";
  const auto add = [&](std::string_view code, std::string help, std::string replacement) {
    problems.push_back(unit_problem(survey.place(entry.key.span), code, "warning", message,
                                    std::move(help), std::move(replacement)));
  };
  for (const auto& [other, keys] : known)
    if (std::ranges::find(keys, key) != keys.end())
      return add("wrong-section", "it belongs into the section [" + std::string(other) + "]", {});
  if (const auto near = text::nearest(key, own->second))
    add("unknown-setting", "did you mean " + *near + "=?", *near);
  else if (!std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0; }))
    add("unknown-setting", "one word stands before the first \"=\"", {});
}

}  // namespace

facts::SyntaxProblem unit_problem(facts::Place place, std::string_view code,
                                  std::string_view severity, std::string message, std::string help,
                                  std::string replacement) {
  return Survey::problem_row(std::move(place), {.service = "systemd",
                                                .language = "ini",
                                                .code = code,
                                                .severity = severity,
                                                .message = std::move(message),
                                                .help = std::move(help),
                                                .replacement = std::move(replacement)});
}

std::optional<facts::SyntaxProblem> refused_type(const facts::Place& place,
                                                 const std::string& value) {
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"", "simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle"});
  if (std::ranges::find(kTypes, value) != kTypes.end()) return std::nullopt;
  const auto near = text::nearest(value, kTypes);
  return unit_problem(
      place, "bad-value", "warning", "Failed to parse service type, ignoring: " + value,
      near ? "write Type=" + *near : "name a type that systemd knows", near.value_or(""));
}

void check_spelling(Survey& survey, const ini::Section& section,
                    std::vector<facts::SyntaxProblem>& problems) {
  check_section(survey, section, problems);
  for (const auto& entry : section.entries) check_key(survey, section, entry, problems);
}

}  // namespace stackaudit::stack

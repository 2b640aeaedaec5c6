// Seen with systemd 252 and nginx 1.22.
#include "stack/systemd/unit_words.hpp"

#include "stack/systemd/spelling.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;
// Hyphen, non-breaking hyphen, figure, en and em dash, minus sign.
constexpr std::array<std::string_view, 6> kDashes{"\u2010", "\u2011", "\u2012",
                                                  "\u2013", "\u2014", "\u2212"};

void check_dashes(Survey& survey, const ServiceUnit& unit, const Command& command, bool starts) {
  for (const auto& arg : command.args)
    for (const auto dash : kDashes) {
      if (!arg.starts_with(dash) || arg.size() == dash.size()) continue;
      const auto better = "-" + arg.substr(dash.size());
      survey.facts.add(unit_problem(
          command.place, "option-dash", starts && !command.ignore_failure ? "error" : "warning",
          arg + " does not begin with a hyphen: " + unit.name + " takes it for no option",
          "write " + better));
      return;
    }
}

void check_assignments(Survey& survey, const std::string& path) {
  const auto content = tree::read_file(survey.tree, path, kLimit);
  if (!content) return;
  for (const auto& line : text::lines(*content)) {
    const auto words = text::words(line.text);
    if (words.size() < 2 || words[0] != "export" || words[1].find('=') == words[1].npos) continue;
    auto place = Survey::whole_file(path);
    place.line = line.number;
    survey.facts.add(unit_problem(
        place, "bad-value", "warning",
        "Ignoring invalid environment assignment '" + std::string(text::trimmed(line.text)) + "'",
        "systemd is no shell: leave \"export\" out"));
  }
}

}  // namespace

void check_unit_words(Survey& survey, const ServiceUnit& unit) {
  for (const auto& command : unit.exec_start_pre) check_dashes(survey, unit, command, true);
  for (const auto& command : unit.exec_start) check_dashes(survey, unit, command, true);
  for (const auto& command : unit.exec_others) check_dashes(survey, unit, command, false);
  for (const auto& file : unit.environment_files)
    if (!tree::has_wildcard(file.path)) check_assignments(survey, file.path);
}

}  // namespace stackaudit::stack

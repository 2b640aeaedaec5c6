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

// They refuse a word that is no option: nginx: invalid option: "#"; the others print their usage.
constexpr std::array<std::string_view, 5> kExact{"nginx", "apache2", "apache2ctl", "apachectl",
                                                 "httpd"};

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

// systemd.syntax(7) knows comments as whole lines only.
void check_comment(Survey& survey, const Command& command, bool starts) {
  const auto hash = std::ranges::find(command.args, "#");
  if (hash == command.args.end()) return;
  const auto program = tree::basename(command.program);
  const bool refuses =
      std::ranges::find(kExact, program) != kExact.end() || program.starts_with("php-fpm");
  if (!starts || !refuses || command.ignore_failure) return;
  survey.facts.add(
      unit_problem(command.place, "comment", "error",
                   "systemd knows no comment behind a setting: " + std::string(program) +
                       " is given # and what follows as arguments",
                   "put the comment on a line of its own"));
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
  for (const auto& [command, starts] : commands_of(unit)) {
    check_dashes(survey, unit, command, starts);
    check_comment(survey, command, starts);
  }
  for (const auto& file : unit.environment_files)
    if (!tree::has_wildcard(file.path)) check_assignments(survey, file.path);
}

}  // namespace stackaudit::stack

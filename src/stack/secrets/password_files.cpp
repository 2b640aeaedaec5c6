// nginx and mod_authn_file take a line for an account up to its colon: seen with nginx 1.22 and
// Apache 2.4, 401 for everybody where no line has one. A carriage return at the end does no harm.
#include "stack/secrets/secrets.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;

void check_file(Survey& survey, const std::string& path) {
  const auto content = tree::read_file(survey.tree, path, kLimit);
  if (!content) return;
  if (content->find('\0') != content->npos) return;  // a database of mod_authn_dbm
  auto lines = text::lines(*content);
  std::erase_if(lines, [](const text::Line& line) {
    const auto text = text::trimmed(line.text);
    return text.empty() || text[0] == '#';
  });
  const bool any = std::ranges::any_of(lines, [](const text::Line& line) {
    const auto colon = line.text.find(':');
    return colon != line.text.npos && colon > 0 && colon + 1 < line.text.size();
  });
  if (any || lines.empty()) return;  // packages bring empty ones
  auto place = Survey::whole_file(path);
  place.line = lines.front().number;
  survey.add_problem(
      place, {.service = "passwords",
              .language = "text",
              .code = "no-account",
              .severity = "warning",
              .message = "no line of " + path + " has the form NAME:HASH: nobody can log in",
              .help = "htpasswd " + path + " NAME"});
}

}  // namespace

void check_password_files(Survey& survey) {
  std::set<std::string> paths;
  for (const auto& row : survey.facts.rows<facts::Reference>())
    if (row.kind == "password-file" && row.state == "found") paths.insert(row.resolved);
  for (const auto& path : paths) check_file(survey, path);
}

}  // namespace stackaudit::stack

// Interpreters, modes and formats of programs.
#include "stack/rights/execution.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 6> kPath{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                "/usr/bin",        "/sbin",          "/bin"};

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

}  // namespace

std::string MissingInterpreter::described() const {
  return carriage_return ? name.substr(0, name.size() - 1) + " with a carriage return" : name;
}

std::optional<MissingInterpreter> missing_interpreter(const Survey& survey,
                                                      std::string_view content) {
  if (!content.starts_with("#!")) return std::nullopt;
  const auto line = trimmed(content.substr(2, content.find('\n') - 2));
  const auto end = std::min(line.find_first_of(" \t"), line.size());
  std::string program(line.substr(0, end));
  if (!program.starts_with('/')) return std::nullopt;
  if (survey.state_of(program, "file") == "found") {
    if (!program.ends_with("/env")) return std::nullopt;
    const auto name = trimmed(line.substr(end));
    program = name.substr(0, name.find_first_of(" \t"));
    if (program.empty() || program.starts_with('-') || program.find('=') != std::string::npos)
      return std::nullopt;
    if (std::ranges::any_of(kPath, [&](std::string_view directory) {
          return survey.state_of(tree::join(directory, program), "file") == "found";
        }))
      return std::nullopt;
  }
  const bool carriage_return = program.ends_with('\r');
  return MissingInterpreter{std::move(program), carriage_return};
}

bool lacks_format(std::string_view content) {
  return !content.empty() && !content.starts_with("#!") &&
         content.find('\0') == std::string_view::npos && !content.starts_with("\x7f");
}

bool may_execute(const tree::Tree& tree, const tree::Principal& who,
                 const tree::Resolution& program) {
  if (who.uid == 0) return (program.stat.mode & 0111U) != 0;
  const auto acl = tree.acl(program.path);
  return (tree::rights_of(who, program.stat, acl ? *acl : tree::Acl{}) & 1U) != 0;
}

void record_refused_execution(Survey& survey, const Actor& actor, const tree::Resolution& program,
                              const Open& use) {
  auto row = Survey::access_row(actor, use);
  row.operation = "execute";
  row.target = row.component = program.path;
  row.allowed = false;
  row.error = "EACCES";
  row.component_type = "file";
  row.component_mode = program.stat.mode;
  row.component_owner = survey.accounts.user_name(program.stat.uid);
  row.component_group = survey.accounts.group_name(program.stat.gid);
  row.why = actor.who.name + " needs x (" + row.component_owner + ":" + row.component_group + ")";
  row.grant = "chmod 0755 " + program.path;
  row.grant_kind = "mode";
  row.grant_mode = 0755;
  survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack

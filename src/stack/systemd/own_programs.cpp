// Whether the services that the keeper of the machine wrote may enter and execute what they start,
// as their own users: status=203/EXEC and status=200/CHDIR where they may not.
#include "stack/jobs/commands.hpp"
#include "stack/rights/execution.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/own_units.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;

class OwnPrograms {
 public:
  explicit OwnPrograms(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto& unit : own_units(survey_)) {
      const auto who = Systemd::identity(unit, survey_.accounts);
      if (!unit.kind.empty() || unit.refused || unit.root_directory || !who || who->uid == 0 ||
          !unit.started)
        continue;
      const Actor actor{"systemd", unit.name, *who, &unit.fences};
      if (unit.working_directory && !unit.working_directory->optional) enter(actor, unit);
      for (const auto& [command, starts] : commands_of(unit))
        if (starts) started(actor, unit, command);
    }
  }

 private:
  // StateDirectory= and its kin belong to the user from the start on.
  static bool is_given(const ServiceUnit& unit, std::string_view path) {
    return tree::is_within(path, "/run") ||
           std::ranges::any_of(unit.own_directories, [&](const auto& each) {
             return std::ranges::any_of(each.second.names, [&](const std::string& name) {
               return tree::is_within(path, name);
             });
           });
  }

  void enter(const Actor& actor, const ServiceUnit& unit) {
    const auto& named = *unit.working_directory;
    if (is_given(unit, named.path) || survey_.state_of(named.path, "directory") != "found") return;
    survey_.open(actor, {tree::Operation::search, named.path, named.place, "working-directory",
                         "start", unit.name + " does not start (status=200/CHDIR)", true});
  }

  void started(const Actor& actor, const ServiceUnit& unit, const Command& command) {
    const auto line = written(survey_, command);
    if (!line || command.full_privileges || command.ignore_failure) return;
    if (!is_given(unit, command.program)) may(actor, unit, command, command.program, true);
    if (std::ranges::find(command.args, "-c") != command.args.end()) return;  // a shell decides
    CommandContext context;
    if (unit.working_directory) context.directory = unit.working_directory->path;
    for (const auto& run :
         run_by(survey_.tree, expand_specifiers(line->text, unit.name).text, context))
      if (run.executed && !run.directory && run.path != command.program &&
          !is_given(unit, run.path))
        may(actor, unit, command, run.path, false);
  }

  void may(const Actor& actor, const ServiceUnit& unit, const Command& command,
           const std::string& path, bool program) {
    const auto end = tree::resolve(survey_.tree, path);
    if (!end) return;
    const auto content = tree::read_file(survey_.tree, end.path, kSmall);
    const bool script = !program || (content && content->starts_with("#!"));
    const Open use{script ? tree::Operation::read : tree::Operation::search,
                   script ? path : std::string(tree::dirname(path)),
                   command.program_place,
                   "program",
                   "start",
                   unit.name + (!program ? " fails"
                                : script ? " fails: its interpreter may not read it"
                                         : " does not start (status=203/EXEC)"),
                   true};
    if (!survey_.open(actor, use)) return;
    if (program && !may_execute(survey_.tree, actor.who, end))
      record_refused_execution(survey_, actor, end, use);
  }

  Survey& survey_;
};

}  // namespace

void check_own_programs(Survey& survey) {
  OwnPrograms(survey).run();
}

}  // namespace stackaudit::stack

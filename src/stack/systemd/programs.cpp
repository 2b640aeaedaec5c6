// Mode, format and interpreter of what a unit starts: status=203/EXEC where one of them is wrong.
#include "stack/systemd/programs.hpp"

#include "stack/rights/execution.hpp"
#include "stack/systemd/references.hpp"
#include "stack/systemd/spelling.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kScriptLimit = 1U << 20U;

// Programs that are given a command line and may well want these words.
constexpr std::array<std::string_view, 8> kShells{"sh",      "bash", "dash",  "zsh",
                                                  "busybox", "env",  "flock", "su"};
constexpr std::array<std::string_view, 10> kShellWords{"&&", "||", "|",    ">",    ">>",
                                                       "<",  "&",  "2>&1", "1>&2", "2>"};

bool is_shell_word(std::string_view word) {
  return std::ranges::find(kShellWords, word) != kShellWords.end() || word.starts_with(">/") ||
         word.starts_with(">>/") || word.starts_with("2>/") || word.starts_with("2>>/");
}

// Packages bring programs that work.
bool is_local_program(std::string_view path) {
  static constexpr std::array<std::string_view, 6> kPackaged{
      "/usr/sbin/", "/usr/bin/", "/usr/lib/", "/usr/libexec/", "/bin/", "/sbin/"};
  return std::ranges::none_of(kPackaged, [&](auto place) { return path.starts_with(place); });
}

class Programs {
 public:
  Programs(Survey& survey, const ServiceUnit& unit) : survey_(survey), unit_(unit) {}

  void run() {
    for (const auto& [command, starts] : commands_of(unit_)) check(command, starts);
  }

 private:
  void check(const Command& command, bool starts) {
    shell_words(command);
    if (unit_.root_directory || !command.program.starts_with('/') ||
        command.program.find_first_of("%$") != std::string::npos)
      return;
    const auto end = tree::resolve(survey_.tree, command.program);
    if (!end || end.stat.type != tree::FileType::regular || !seen_.insert(end.path).second) return;
    const bool required = starts && !command.ignore_failure && !unit_.skipped;
    if (end.stat.size <= kScriptLimit) content_of(end.path, required);
    mode_of(command, end, required);
  }

  void mode_of(const Command& command, const tree::Resolution& end, bool required) {
    auto who = command.full_privileges ? tree::root_principal()
                                       : Systemd::identity(unit_, survey_.accounts);
    if (!who || may_execute(survey_.tree, *who, end)) return;
    record_refused_execution(survey_, {unit_.kind, "systemd", *std::move(who)}, end,
                             {tree::Operation::stat, end.path, command.program_place, "program",
                              "start", effect(required), required});
  }

  void content_of(const std::string& path, bool required) {
    const auto content = tree::read_file(survey_.tree, path, kScriptLimit);
    if (!content) return;
    const auto missing = missing_interpreter(survey_, *content);
    const bool unknown = is_local_program(path) && lacks_format(*content);
    if (!missing && !unknown) return;
    const auto file = survey_.load(path, "reference");
    if (!file) return;
    const auto place = survey_.place({*file, 0, 2});
    if (unknown)
      return void(survey_.facts.add(
          unit_problem(place, "program-format", required ? "error" : "warning",
                       "the script has no \"#!\" line: Exec format error, " + effect(required),
                       "begin it with #!/bin/sh, or start it with /bin/sh")));
    auto row = unit_reference(unit_, place, "program", "interpreter " + missing->described());
    row.resolved = missing->described();
    row.state = "missing";
    row.required = required;
    row.wanted = "file";
    row.call = "execve";
    row.effect = effect(required);
    survey_.facts.add(std::move(row));
  }

  [[nodiscard]] std::string effect(bool required) const {
    return unit_.name + (required ? " does not start (status=203/EXEC)"
                                  : " cannot run this command (status=203/EXEC)");
  }

  void shell_words(const Command& command) {
    const auto name = tree::basename(command.program);
    if (std::ranges::find(kShells, name) != kShells.end()) return;
    const auto word = std::ranges::find_if(command.args, is_shell_word);
    if (word == command.args.end()) return;
    survey_.facts.add(unit_problem(command.place, "shell-word", "warning",
                                   "systemd starts no shell: " + *word + " is an argument of " +
                                       std::string(name) + " like any other",
                                   "write /bin/sh -c '...', or a line for each command"));
  }

  Survey& survey_;
  const ServiceUnit& unit_;
  std::set<std::string> seen_;
};

}  // namespace

void check_unit_programs(Survey& survey, const ServiceUnit& unit) {
  Programs(survey, unit).run();
}

}  // namespace stackaudit::stack

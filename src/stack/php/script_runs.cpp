// cron starts a command in its user's home directory, run-parts in /, systemd where
// WorkingDirectory= says or in /, supervisord in directory= or where it was started itself.
#include "stack/php/script_runs.hpp"

#include "stack/jobs/job_files.hpp"
#include "stack/php/command_lines.hpp"
#include "stack/systemd/own_units.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kSmall = 1U << 20U;
constexpr std::array<std::string_view, 4> kPeriods{"hourly", "daily", "weekly", "monthly"};

// Words of a file, and where they begin there.
struct Written {
  std::string_view text;
  std::size_t begin = 0;
};

class Finder {
 public:
  explicit Finder(Survey& survey) : survey_(survey) {}

  std::vector<ScriptRun> run() {
    for (const auto& table : cron_tables(survey_)) crontab(table);
    for (const auto period : kPeriods)
      for (const auto& path : glob("/etc/cron." + std::string(period) + "/*"))
        if (tree::basename(path).find('.') == std::string_view::npos)
          script(path, {"/", "root"}, "cron");
    for (const auto& each : own_units(survey_)) unit(each);
    for (const auto& section : read_supervisor(survey_).sections) supervised(section);
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::vector<std::string> glob(const std::string& pattern) const {
    return tree::glob(survey_.tree, pattern).paths;
  }

  // What may hold no command of PHP is not kept.
  [[nodiscard]] std::optional<text::FileId> load(const std::string& path) const {
    const auto text = tree::read_file(survey_.tree, path, kSmall);
    const bool any =
        text && (text->find("php") != std::string::npos || text->find("bin/") != std::string::npos);
    return any ? survey_.load(path, "reference", kSmall) : std::nullopt;
  }

  [[nodiscard]] std::string home_of(const std::string& user) const {
    const auto* account = survey_.accounts.user(user);
    return account == nullptr ? std::string{} : account->home;
  }

  void crontab(const CronTable& table) {
    const auto file = load(table.path);
    if (!file) return;
    for (const auto& job : table.jobs)
      add(*file, {job.command, job.begin},
          {job.home.empty() ? home_of(job.user) : job.home, job.user}, "cron");
  }

  // The lines of a shell's script are commands that follow one another.
  void script(const std::string& path, const Starter& starter, const std::string& by) {
    const auto end = tree::resolve(survey_.tree, path);
    if (!end || (end.stat.mode & 0111U) == 0 || !scripts_.insert(end.path).second) return;
    const auto file = load(end.path);
    if (!file) return;
    const auto text = survey_.sources.content(*file);
    if (!text.starts_with("#!")) return;
    const auto first = text.substr(0, text.find('\n'));
    if (first.find("php") == std::string_view::npos) commands(*file, {text, 0}, starter, by);
  }

  // As the user and in the directory that the unit and its drop-ins say.
  void unit(const ServiceUnit& unit) {
    Starter starter{"/", unit.user.value_or("root")};
    if (unit.working_directory) starter.directory = unit.working_directory->path;
    if (unit.works_at_home) starter.directory = home_of(starter.user);
    for (const auto& [command, starts] : commands_of(unit))
      if (const auto line = written(survey_, command))
        add(line->file, {line->text, line->begin}, starter, "systemd");
  }

  void supervised(const SupervisorSection& section) {
    const auto* command = section.find("command");
    const auto file = command == nullptr ? std::nullopt : load(section.path);
    if (!file) return;
    const auto user = section.value("user");
    add(*file, {command->value, command->begin},
        {section.value("directory"), user.empty() ? "root" : user}, "supervisord");
  }

  void add(text::FileId file, const Written& line, const Starter& starter, const std::string& by) {
    commands(file, line, starter, by);
    for (const auto& path : shell_scripts(survey_.tree, line.text)) script(path, starter, by);
  }

  void commands(text::FileId file, const Written& line, const Starter& starter,
                const std::string& by) {
    for (auto& command : php_commands(survey_.tree, line.text, starter)) {
      const auto begin = line.begin + std::min(command.begin, line.text.size());
      const auto end = line.begin + std::min(command.end, line.text.size());
      const text::Span span{file, static_cast<std::uint32_t>(begin),
                            static_cast<std::uint32_t>(end)};
      ScriptRun run{command.script,
                    {},
                    command.program,
                    command.starter.directory,
                    command.starter.user,
                    by,
                    {},
                    survey_.place(span),
                    command.asked,
                    command.starter.searches_elsewhere,
                    std::move(command.interpreter)};
      const auto where = tree::resolve(survey_.tree, run.script);
      if (where && where.stat.type == tree::FileType::regular) run.canonical = where.path;
      run.effect = "the command of " + run.place.path +
                   (run.place.line ? ":" + std::to_string(*run.place.line) : "") + " fails";
      found_.push_back(std::move(run));
    }
  }

  Survey& survey_;
  std::set<std::string> scripts_;
  std::vector<ScriptRun> found_;
};

}  // namespace

std::vector<ScriptRun> script_runs(Survey& survey) {
  return Finder(survey).run();
}

namespace {

constexpr auto kPlaces = std::to_array<std::string_view>(
    {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"});

// The program of "#!/usr/bin/php -q", or of "#!/usr/bin/env php8.1", where it is nowhere; else
// empty. The kernel takes all bytes up to a blank or the line's end: a carriage return is one.
std::string lacking_program(const Survey& survey, std::string_view line) {
  std::string name;
  const auto next_word = [&] {
    const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
    const auto end = std::min(line.find_first_of(" \t", begin), line.size());
    name = line.substr(begin, end - begin);
    line.remove_prefix(end);
  };
  next_word();
  if (name == "/usr/bin/env") {
    next_word();
    const bool plain = !name.empty() && name[0] != '-' && name.find_first_of("=/") == name.npos;
    const bool there = std::ranges::any_of(kPlaces, [&](std::string_view place) {
      return survey.state_of(std::string(place) + name, "file") != "missing";
    });
    return plain && !there ? name : std::string{};
  }
  const bool lacks = name.starts_with('/') && survey.state_of(name, "file") == "missing";
  return lacks ? name : std::string{};
}

void add_interpreter(Survey& survey, const ScriptRun& run) {
  auto name = lacking_program(survey, run.interpreter);
  if (name.empty() || run.asked) return;
  const auto file = survey.load(run.canonical, "reference", kSmall);
  if (!file) return;
  const auto end = 2 + run.interpreter.size();
  facts::Reference row;
  static_cast<facts::Place&>(row) = survey.place({*file, 0, static_cast<std::uint32_t>(end)});
  row.service = "php";
  row.kind = "interpreter";
  row.as_written = run.interpreter;
  row.resolved = std::move(name);
  row.state = "missing";
  row.wanted = "file";
  row.effect = run.effect;
  row.process = run.by;
  row.user = run.user;
  row.call = "execve";
  survey.facts.add(std::move(row));
}

}  // namespace

void add_missing_scripts(Survey& survey, const std::vector<ScriptRun>& runs) {
  std::set<std::string> started;
  for (const auto& run : runs)
    if (!run.canonical.empty() && !run.interpreter.empty() && started.insert(run.canonical).second)
      add_interpreter(survey, run);
  for (const auto& run : runs) {
    if (!run.canonical.empty()) continue;
    facts::Reference row;
    static_cast<facts::Place&>(row) = run.place;
    row.service = "php";
    row.kind = "script";
    row.as_written = row.resolved = run.script;
    row.state = survey.state_of(run.script, "file");
    if (row.state == "found") continue;
    row.guarded = run.asked;
    row.wanted = "file";
    if (row.state == "missing") row.nearest = survey.nearest_path(run.script);
    row.effect = run.effect;
    row.process = run.program;
    row.user = run.user;
    row.call = "openat";
    survey.facts.add(std::move(row));
  }
}

}  // namespace stackaudit::stack::php

// Accounts, directories and scripts that cron, logrotate, tmpfiles.d and supervisord are told of.
// What follows from one that is not there was seen with cron 3.0pl1, logrotate 3.21 and
// supervisord 4.2.
#include "stack/account_sources.hpp"
#include "stack/jobs/job_files.hpp"
#include "stack/jobs/job_syntax.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/rights/execution.hpp"
#include "stack/runtime_places.hpp"
#include "stack/systemd/boot.hpp"
#include "syntax/shell/simple_commands.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;
// PHP's are followed with its includes: php/script_runs.cpp.
constexpr std::array<std::string_view, 7> kInterpreters{"sh",      "bash", "dash", "python",
                                                        "python3", "perl", "ruby"};

using Words = std::vector<std::string_view>;

bool plain_path(std::string_view word) {
  return word.starts_with('/') && word.find_first_of("$%*?`'\"();&|<>\\{}[]") == word.npos;
}

bool is_interpreter(std::string_view program) {
  return std::ranges::find(kInterpreters, tree::basename(program)) != kInterpreters.end();
}

class JobNames {
 public:
  explicit JobNames(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto& table : cron_tables(survey_)) crontab(table);
    rotations("/etc/logrotate.conf");
    for (const auto& path : rotation_files(survey_.tree)) rotations(path);
    for (const auto& path : glob("/etc/tmpfiles.d/*.conf")) temporary(path);
    for (const auto& section : read_supervisor(survey_).sections) supervised(section);
  }

 private:
  [[nodiscard]] std::vector<std::string> glob(const std::string& pattern) const {
    return tree::glob(survey_.tree, pattern).paths;
  }

  struct Where {
    const std::string& path;
    std::int64_t line;
    std::string_view service;
  };

  static void at(const Where& where, std::string_view kind, facts::Reference& row) {
    static_cast<facts::Place&>(row) = Survey::whole_file(where.path);
    row.line = where.line;
    row.service = row.process = where.service;
    row.kind = kind;
    row.required = true;
    row.user = "root";
  }

  void account(const Where& where, std::string_view name, bool group, std::string effect) {
    if (name.find_first_of("%$") != std::string::npos) return;
    auto result = account_reference(survey_, name, group,
                                    group ? group_state(survey_, name) : user_state(survey_, name));
    if (result.state != "missing") return;
    at(where, "job-account", result);
    result.call = group ? "getgrnam" : "getpwnam";
    result.effect = std::move(effect);
    survey_.facts.add(std::move(result));
  }

  void path(const Where& where, std::string_view name, std::string_view wanted,
            std::string effect) {
    if (!plain_path(name) || is_made_at_run_time(tree::normalize(name))) return;
    facts::Reference result;
    at(where, "job-path", result);
    result.as_written = name;
    result.resolved = tree::normalize(name);
    result.wanted = wanted;
    result.state = survey_.state_of(result.resolved, wanted);
    if (result.state != "missing" && result.state != "dangling") return;
    if (result.state == "missing") result.nearest = survey_.nearest_path(result.resolved);
    result.call = wanted == "directory" ? "chdir" : "openat";
    result.effect = std::move(effect);
    survey_.facts.add(std::move(result));
  }

  void crontab(const CronTable& table) {
    for (const auto& job : table.jobs) {
      const Where where{table.path, job.line, "cron"};
      if (table.owner.empty()) account(where, job.user, false, "the job never runs: bad username");
      const auto words = text::words(job.command);
      if (tests_first(words)) continue;
      script(where, words);
      further(where, job.command);
      executed(where, words[0], job.user);
    }
  }

  // Such a command is its author's own matter.
  static bool tests_first(const Words& words) {
    static constexpr std::array<std::string_view, 7> kTests{"test", "[",     "[[", "command",
                                                            "||",   "which", "if"};
    return std::ranges::any_of(words, [](std::string_view word) {
      return std::ranges::find(kTests, word) != kTests.end();
    });
  }

  // Whether the job's user may execute its program.
  void executed(const Where& where, std::string_view program, const std::string& user) {
    const auto* account = survey_.accounts.user(user);
    if (account == nullptr || !plain_path(program)) return;
    const auto end = tree::resolve(survey_.tree, program);
    const auto who = survey_.accounts.become(*account);
    if (!end || end.stat.type != tree::FileType::regular || may_execute(survey_.tree, who, end))
      return;
    auto place = Survey::whole_file(where.path);
    place.line = where.line;
    record_refused_execution(survey_, {std::string(where.service), "cron", who}, end,
                             {tree::Operation::read, std::string(program), place, "job", "start",
                              "the job fails each time: Permission denied", false});
  }

  // The programs that stand behind the first, as in "cd /srv/shop && /usr/bin/php cron.php".
  void further(const Where& where, const std::string& command) {
    syntax::shell::SimpleCommands commands(command);
    for (bool first = true; const auto each = commands.next(); first = false)
      if (!first && !each->words.empty() && !each->words[0].expanded &&
          each->words[0].text.starts_with('/'))
        path(where, each->words[0].text, "file", "the job fails each time: not found");
  }

  // The program, and the script that an interpreter is given.
  void script(const Where& where, const Words& words) {
    if (words[0].starts_with('/'))
      path(where, words[0], "file", "the job fails each time: not found");
    if (!is_interpreter(words[0])) return;
    const auto argument = std::find_if(words.begin() + 1, words.end(),
                                       [](std::string_view word) { return word[0] != '-'; });
    const bool given = std::any_of(words.begin() + 1, argument, [](std::string_view word) {
      return word == "-c" || word == "-r" || word == "-d" || word == "-e" || word == "-m";
    });
    if (!given && argument != words.end())
      path(where, *argument, "file", "the job fails each time: its script is not there");
  }

  void rotations(const std::string& file) {
    bool makes = false;
    std::vector<std::pair<std::int64_t, std::string>> olddirs;
    const auto directive = [&](const RotationLine& line) {
      const auto words = text::words(line.text);
      const Where where{file, line.number, "logrotate"};
      const bool mode = words.size() > 1 && words[1][0] >= '0' && words[1][0] <= '9';
      const std::size_t first = words[0] == "create" && mode ? 2 : 1;
      if (words[0] == "create" || words[0] == "su") {
        const std::string effect = "the block is skipped, its logs are never rotated: unknown ";
        if (words.size() > first) account(where, words[first], false, effect + "user");
        if (words.size() > first + 1) account(where, words[first + 1], true, effect + "group");
      }
      makes = makes || words[0] == "createolddir";
      if (words[0] == "olddir" && words.size() > 1) olddirs.emplace_back(line.number, words[1]);
    };
    if (const auto blocks = rotation_blocks(survey_, file))
      for (const auto& block : *blocks) {
        std::ranges::for_each(block.directives, directive);
        rotated(file, block);
      }
    for (const auto& [number, name] : olddirs)
      if (!makes)
        path({file, number, "logrotate"}, name, "directory",
             "the logs are never rotated: error verifying olddir path");
  }

  // What a script of a block runs, unless one of its lines looks first whether it is there.
  void rotated(const std::string& file, const RotationBlock& block) {
    const auto looks = [](const RotationLine& line) {
      return line.text.find("if ") != line.text.npos || line.text.find("[ ") != line.text.npos ||
             line.text.find("test ") != line.text.npos || line.text.find("||") != line.text.npos ||
             line.text.find("&&") != line.text.npos || line.text.find('=') != line.text.npos;
    };
    if (std::ranges::any_of(block.commands, looks)) return;
    for (const auto& line : block.commands) {
      const auto words = text::words(line.text);
      if (words[0].starts_with('/'))
        path({file, line.number, "logrotate"}, words[0], "file",
             "the script fails: the server writes on into the old log");
    }
  }

  // "d /run/app 0750 user group": such a line is left out as a whole.
  void temporary(const std::string& file) {
    const auto content = tree::read_file(survey_.tree, file, kLimit);
    if (!content) return;
    for (const auto& line : text::lines(*content)) {
      const auto words = text::words(line.text);
      const Where where{file, line.number, "systemd-tmpfiles"};
      if (words.size() > 6 && words[0][0] == 'L' && !text::contains(words[0], "?"))
        path(where, words[6], "", "the boot makes " + std::string(words[1]) + " a link to nowhere");
      if (words.size() < 4 || words[0][0] == '#') continue;
      const auto effect = std::string(words[1]) + " is not made at boot: Failed to resolve ";
      if (words[3] != "-") account(where, boot_account(words[3]), false, effect + "user");
      if (words.size() > 4 && words[4] != "-")
        account(where, boot_account(words[4]), true, effect + "group");
    }
  }

  void supervised(const SupervisorSection& section) {
    const std::string no_start = "supervisord does not start: ";
    for (const auto& setting : section.settings) {
      const auto& value = setting.value;
      if (value.empty()) continue;
      const Where where{section.path, setting.line, "supervisord"};
      if (setting.key == "user")
        account(where, value, false, no_start + "Invalid user name " + value);
      if (setting.key == "directory")
        path(where, value, "directory", "the program ends at once (exit status 127)");
      if (setting.key.ends_with("logfile") && value.starts_with('/'))
        path(where, tree::dirname(value), "directory",
             no_start + "the directory named as part of the path " + value + " does not exist");
    }
  }

  Survey& survey_;
};

}  // namespace

void find_job_names(Survey& survey) {
  JobNames(survey).run();
  check_job_syntax(survey);
  check_rotation(survey);
}

}  // namespace stackaudit::stack

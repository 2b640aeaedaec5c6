// Accounts, directories and scripts that cron, logrotate, tmpfiles.d and supervisord are told of.
// What follows from one that is not there was seen with cron 3.0pl1, logrotate 3.21 and
// supervisord 4.2.
#include "stack/account_sources.hpp"
#include "stack/crossing.hpp"
#include "stack/runtime_places.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;
constexpr std::array<std::string_view, 8> kInterpreters{"php",    "sh",      "bash", "dash",
                                                        "python", "python3", "perl", "ruby"};

constexpr std::array<std::string_view, 5> kScripts{"postrotate", "prerotate", "firstaction",
                                                   "lastaction", "preremove"};

using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

bool plain_path(std::string_view word) {
  return word.starts_with('/') && word.find_first_of("$%*?`'\"();&|<>\\{}[]") == word.npos;
}

bool is_interpreter(std::string_view program) {
  auto name = tree::basename(program);
  if (name.starts_with("php")) name = name.substr(0, 3);
  return std::ranges::find(kInterpreters, name) != kInterpreters.end();
}

// "key = value"; empty where the line is none.
std::pair<std::string, std::string> assignment(const std::string& line) {
  const auto sign = line.find('=');
  if (sign == std::string::npos || line[0] == ';' || line[0] == '#') return {};
  const auto trimmed = [](std::string text) {
    text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
    text.erase(text.find_last_not_of(" \t\r") + 1);
    return text;
  };
  auto value = line.substr(sign + 1);
  value = value.substr(0, value.find(" ;"));
  return {trimmed(line.substr(0, sign)), trimmed(std::move(value))};
}

class JobNames {
 public:
  explicit JobNames(Survey& survey) : survey_(survey) {}

  void run() {
    crontab("/etc/crontab");
    for (const auto& path : glob("/etc/cron.d/*"))
      if (tree::basename(path).find('.') == std::string_view::npos) crontab(path);
    rotations("/etc/logrotate.conf");
    for (const auto& path : glob("/etc/logrotate.d/*")) rotations(path);
    for (const auto& path : glob("/etc/tmpfiles.d/*.conf")) temporary(path);
    supervisors();
  }

 private:
  [[nodiscard]] std::vector<std::string> glob(const std::string& pattern) const {
    return tree::glob(survey_.tree, pattern).paths;
  }

  // Calls each(line, number) for the lines of a file.
  void lines(const std::string& path, const auto& each) const {
    const auto content = tree::read_file(survey_.tree, path, kLimit);
    if (!content) return;
    std::istringstream in(*content);
    std::int64_t number = 0;
    for (std::string line; std::getline(in, line);) each(line, ++number);
  }

  struct Where {
    const std::string& path;
    std::int64_t line;
    std::string_view service;
  };

  facts::Reference row(const Where& where, std::string_view kind, const std::string& name) const {
    facts::Reference result;
    static_cast<facts::Place&>(result) = Survey::whole_file(where.path);
    result.line = where.line;
    result.service = where.service;
    result.kind = kind;
    result.as_written = name;
    result.required = true;
    result.process = where.service;
    result.user = "root";
    return result;
  }

  void account(const Where& where, const std::string& name, bool group, std::string effect) {
    if (name.find_first_of("%$") != std::string::npos) return;
    auto result = row(where, "job-account", name);
    result.wanted = group ? "group" : "user";
    result.state = group ? group_state(survey_, name) : user_state(survey_, name);
    if (result.state != "missing") return;
    result.nearest = group ? nearest_group(survey_, name) : nearest_user(survey_, name);
    result.call = group ? "getgrnam" : "getpwnam";
    result.effect = std::move(effect);
    survey_.facts.add(std::move(result));
  }

  void path(const Where& where, const std::string& name, std::string_view wanted,
            std::string effect) {
    if (!plain_path(name) || is_made_at_run_time(tree::normalize(name))) return;
    auto result = row(where, "job-path", name);
    result.resolved = tree::normalize(name);
    result.wanted = wanted;
    result.state = survey_.state_of(result.resolved, wanted);
    if (result.state != "missing" && result.state != "dangling") return;
    if (result.state == "missing") result.nearest = survey_.nearest_path(result.resolved);
    result.call = wanted == "directory" ? "chdir" : "openat";
    result.effect = std::move(effect);
    survey_.facts.add(std::move(result));
  }

  // Five times or one @word, the user, the command.
  void crontab(const std::string& file) {
    lines(file, [&](const std::string& line, std::int64_t number) {
      const auto words = words_of(line);
      if (words.empty() || words[0][0] == '#') return;
      const bool named = words[0][0] == '@';
      const bool timed = words[0][0] == '*' || (words[0][0] >= '0' && words[0][0] <= '9');
      const std::size_t at = named ? 1 : 5;
      if ((!named && !timed) || words.size() <= at + 1) return;
      const Where where{file, number, "cron"};
      account(where, words[at], false, "the job never runs: bad username");
      script(where, Words(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()));
    });
  }

  // The program, and the script that an interpreter is given; a command that tests first is its
  // author's own matter.
  void script(const Where& where, const Words& words) {
    static constexpr std::array<std::string_view, 7> kTests{"test", "[",     "[[", "command",
                                                            "||",   "which", "if"};
    if (std::ranges::any_of(words, [](const std::string& word) {
          return std::ranges::find(kTests, word) != kTests.end();
        }))
      return;
    if (words[0].starts_with('/'))
      path(where, words[0], "file", "the job fails each time: not found");
    if (!is_interpreter(words[0])) return;
    const auto argument = std::find_if(words.begin() + 1, words.end(),
                                       [](const std::string& word) { return word[0] != '-'; });
    const bool given = std::any_of(words.begin() + 1, argument, [](const std::string& word) {
      return word == "-c" || word == "-r" || word == "-d" || word == "-e" || word == "-m";
    });
    if (!given && argument != words.end())
      path(where, *argument, "file", "the job fails each time: its script is not there");
  }

  void rotations(const std::string& file) {
    bool script = false, makes = false;
    std::vector<std::pair<std::int64_t, std::string>> olddirs;
    lines(file, [&](const std::string& line, std::int64_t number) {
      const auto words = words_of(line);
      if (words.empty() || words[0][0] == '#') return;
      if (script || std::ranges::find(kScripts, words[0]) != kScripts.end()) {
        script = words[0] != "endscript";
        return;
      }
      const Where where{file, number, "logrotate"};
      const bool mode = words.size() > 1 && words[1][0] >= '0' && words[1][0] <= '9';
      const std::size_t first = words[0] == "create" && mode ? 2 : 1;
      if (words[0] == "create" || words[0] == "su") {
        const std::string effect = "the block is skipped, its logs are never rotated: unknown ";
        if (words.size() > first) account(where, words[first], false, effect + "user");
        if (words.size() > first + 1) account(where, words[first + 1], true, effect + "group");
      }
      makes = makes || words[0] == "createolddir";
      if (words[0] == "olddir" && words.size() > 1) olddirs.emplace_back(number, words[1]);
    });
    for (const auto& [number, name] : olddirs)
      if (!makes)
        path({file, number, "logrotate"}, name, "directory",
             "the logs are never rotated: error verifying olddir path");
  }

  // "d /run/app 0750 user group": such a line is left out as a whole.
  void temporary(const std::string& file) {
    lines(file, [&](const std::string& line, std::int64_t number) {
      const auto words = words_of(line);
      if (words.size() < 4 || words[0][0] == '#') return;
      const Where where{file, number, "systemd-tmpfiles"};
      const auto effect = words[1] + " is not made at boot: Failed to resolve ";
      if (words[3] != "-") account(where, words[3], false, effect + "user");
      if (words.size() > 4 && words[4] != "-") account(where, words[4], true, effect + "group");
    });
  }

  void supervisors() {
    std::vector<std::string> patterns;
    for (const std::string main : {"/etc/supervisor/supervisord.conf", "/etc/supervisord.conf"}) {
      if (survey_.state_of(main, "file") != "found") continue;
      std::string section;
      lines(main, [&](const std::string& line, std::int64_t) {
        if (line.starts_with('[')) section = line;
        const auto [key, value] = assignment(line);
        if (section.starts_with("[include]") && key == "files")
          for (const auto& word : words_of(value))
            patterns.push_back(tree::join(tree::dirname(main), word));
      });
      supervised(main);
    }
    if (patterns.empty()) patterns = {"/etc/supervisor/conf.d/*.conf", "/etc/supervisord.d/*.ini"};
    for (const auto& pattern : patterns)
      for (const auto& file : glob(pattern)) supervised(file);
  }

  void supervised(const std::string& file) {
    const std::string no_start = "supervisord does not start: ";
    lines(file, [&](const std::string& line, std::int64_t number) {
      const auto [key, value] = assignment(line);
      if (value.empty()) return;
      const Where where{file, number, "supervisord"};
      if (key == "user") account(where, value, false, no_start + "Invalid user name " + value);
      if (key == "directory")
        path(where, value, "directory", "the program ends at once (exit status 127)");
      if ((key == "stdout_logfile" || key == "stderr_logfile" || key == "logfile") &&
          value.starts_with('/'))
        path(where, std::string(tree::dirname(value)), "directory",
             no_start + "the directory named as part of the path " + value + " does not exist");
    });
  }

  Survey& survey_;
};

}  // namespace

void find_job_names(Survey& survey) {
  JobNames(survey).run();
}

}  // namespace stackaudit::stack

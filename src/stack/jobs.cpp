// Files that root runs or obeys without being asked: whoever may change one of them is root soon.
#include "stack/privileges.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;
constexpr std::array<std::string_view, 4> kRunParts{"/etc/cron.hourly", "/etc/cron.daily",
                                                    "/etc/cron.weekly", "/etc/cron.monthly"};

// What every process of root obeys: accounts, who may become root, what is loaded into programs,
// how one logs in. Files and, with a slash at the end, directories.
constexpr std::array<std::string_view, 20> kOfTheSystem{
    "/etc/passwd",          "/etc/group",
    "/etc/shadow",          "/etc/gshadow",
    "/etc/sudoers",         "/etc/sudoers.d/",
    "/etc/ld.so.preload",   "/etc/ld.so.conf",
    "/etc/ld.so.conf.d/",   "/etc/nsswitch.conf",
    "/etc/hosts",           "/etc/environment",
    "/etc/profile",         "/etc/pam.d/",
    "/etc/ssh/sshd_config", "/root/.ssh/authorized_keys",
    "/root/.profile",       "/root/.bashrc",
    "/etc/cron.d/",         "/etc/logrotate.d/"};

constexpr std::array<std::string_view, 4> kLogs{"customlog", "errorlog", "transferlog",
                                                "globallog"};

class Jobs {
 public:
  explicit Jobs(Survey& survey) : survey_(survey) {}

  std::vector<RootFile> run() {
    for (const auto path : kOfTheSystem)
      note(std::string(path.substr(0, path.size() - (path.ends_with('/') ? 1 : 0))),
           path.ends_with('/') ? "configuration-directory" : "configuration", "system");
    for (const auto& path : glob("/etc/sudoers.d/*")) note(path, "configuration", "sudo");
    units();
    for (const auto& rule : survey_.facts.rows<facts::SudoRule>()) command(rule.commands, "sudo");
    for (const auto& path : glob("/etc/systemd/system/*.service")) started(path);
    for (const auto* path : {"/etc/supervisor/supervisord.conf", "/etc/supervisord.conf"})
      supervised(path);
    for (const auto* pattern : {"/etc/supervisor/conf.d/*.conf", "/etc/supervisord.d/*"})
      for (const auto& path : glob(pattern)) supervised(path);
    piped_logs();
    crontab("/etc/crontab", true);
    for (const auto& path : glob("/etc/cron.d/*"))
      if (tree::basename(path).find('.') == std::string_view::npos) crontab(path, true);
    crontab("/var/spool/cron/crontabs/root", false);
    crontab("/var/spool/cron/root", false);
    for (const auto directory : kRunParts) {
      note(std::string(directory), "configuration-directory", "cron");
      for (const auto& path : glob(std::string(directory) + "/*")) note(path, "script", "cron");
    }
    for (const auto& path : glob("/etc/logrotate.d/*")) logrotate(path);
    return std::move(found_);
  }

 private:
  std::vector<std::string> glob(const std::string& pattern) const {
    return tree::glob(survey_.tree, pattern).paths;
  }

  // Whoever may write a unit, or add a drop-in to one, has a program started as root.
  void units() {
    note("/etc/systemd/system", "configuration-directory", "systemd");
    for (const std::string end : {".d", ".wants", ".requires"})
      for (const auto& path : glob("/etc/systemd/system/*" + end))
        note(path, "configuration-directory", "systemd");
    for (const std::string pattern : {"/etc/systemd/system/*.service", "/etc/systemd/system/*.d/*",
                                      "/etc/systemd/system/*.timer", "/etc/init.d/*"})
      for (const auto& path : glob(pattern)) note(path, "unit", "systemd");
  }

  // What the commands of a unit run, unless it names a user.
  void started(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    std::istringstream lines(*content);
    std::string commands;
    for (std::string line; std::getline(lines, line);) {
      const auto value = line.substr(std::min(line.find('=') + 1, line.size()));
      if (line.starts_with("User=") && !value.empty() && value != "root" && value != "0") return;
      if (!line.starts_with("Exec") || line.find('=') == std::string::npos) continue;
      commands += value.substr(std::min(value.find_first_not_of("-+!@:"), value.size())) + '\n';
    }
    command(commands, "systemd");
  }

  // supervisord runs as root, and so does each program without user=.
  void supervised(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    note(path, "configuration", "supervisord");
    std::istringstream lines(*content + "\n[end]");
    std::string run;
    bool other = false;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('[')) {
        if (!other) command(run, "supervisord");
        run.clear();
        other = false;
      }
      const auto name = line.substr(0, line.find_first_of(" \t="));
      const auto value = line.substr(std::min(line.find('=') + 1, line.size()));
      if (name == "command") run = value;
      if (name == "user") other = value.find("root") == std::string::npos;
    }
  }

  // Apache's parent starts the programs that its logs go through, before it gives up its rights.
  void piped_logs() {
    for (const auto& row : survey_.facts.rows<facts::Directive>()) {
      if (row.service != "apache" || std::ranges::find(kLogs, row.name) == kLogs.end()) continue;
      const auto bar = row.args.find('|');
      if (bar > 1) continue;
      auto program = row.args.substr(bar + 1);
      program.erase(0, std::min(program.find('/'), program.size()));
      command(program.substr(0, program.find_first_of("\" \t")), "apache");
    }
  }

  void note(const std::string& path, std::string_view kind, std::string_view service) {
    found_.push_back({path, std::string(kind), std::string(service)});
  }

  // Every absolute path of a command that is a regular file: the program, or what it is given to
  // run. Programs of the system belong to root, and nothing comes of them.
  void command(std::string_view text, std::string_view service) {
    constexpr std::string_view kEnds = " \t\n\"'`;|&<>()=,";
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of(kEnds), text.size());
      const auto word = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!word.starts_with('/') || word.find_first_of("$*?") != std::string_view::npos) continue;
      const auto file = tree::resolve(survey_.tree, word);
      if (file && file.stat.type == tree::FileType::regular && !is_data(word))
        note(std::string(word), "script", service);
    }
  }
  // What is written or compared rather than run.
  static bool is_data(std::string_view path) {
    return path.ends_with(".log") || path.ends_with(".pid") || path.ends_with(".gz") ||
           path.ends_with(".sql") || path.ends_with(".txt");
  }

  void crontab(const std::string& path, bool with_user) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    note(path, "configuration", "cron");
    std::istringstream lines(*content);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string word;
      if (!(words >> word) || word[0] == '#' || !is_time(word)) continue;
      for (int skipped = word[0] == '@' ? 4 : 0; skipped < 4; ++skipped) words >> word;
      std::string user = "root";
      if (with_user && !(words >> user)) continue;
      std::string rest;
      std::getline(words, rest);
      if (user == "root") command(rest, "cron");
    }
  }
  static bool is_time(std::string_view word) {
    return word[0] == '@' || word[0] == '*' || (word[0] >= '0' && word[0] <= '9');
  }

  // A block is its logs, then its directives in braces; with `su` another user does the work.
  void logrotate(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    note(path, "configuration", "logrotate");
    std::istringstream lines(*content);
    std::vector<std::string> logs;
    bool inside = false, script = false, su = false;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string first;
      if (!(words >> first) || first[0] == '#') continue;
      if (script) {
        script = first != "endscript";
        if (script) command(line, "logrotate");
      } else if (inside && first.ends_with('}')) {
        if (!su) log_directories(logs);
        logs.clear();
        inside = su = false;
      } else if (inside) {
        su = su || first == "su";
        script = first == "postrotate" || first == "prerotate" || first == "firstaction" ||
                 first == "lastaction" || first == "preremove";
      } else {
        inside = line.find('{') != std::string::npos;
        add_logs(line, logs);
      }
    }
  }

  static void add_logs(std::string line, std::vector<std::string>& logs) {
    for (auto& c : line)
      if (c == '"' || c == '\'' || c == '{') c = ' ';
    std::istringstream words(line);
    for (std::string word; words >> word;)
      if (word.starts_with('/')) logs.push_back(word);
  }

  void log_directories(const std::vector<std::string>& logs) {
    for (const auto& log : logs) {
      const std::string directory(tree::dirname(log));
      if (directory.find_first_of("*?[") == std::string::npos &&
          survey_.state_of(directory, "directory") == "found")
        note(directory, "log-directory", "logrotate");
    }
  }

  Survey& survey_;
  std::vector<RootFile> found_;
};

}  // namespace

std::vector<RootFile> root_jobs(Survey& survey) {
  return Jobs(survey).run();
}

}  // namespace stackaudit::stack

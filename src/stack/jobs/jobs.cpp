// Files that root runs or obeys without being asked: whoever may change one of them is root soon.
#include "stack/jobs/jobs.hpp"

#include "stack/jobs/commands.hpp"
#include "stack/jobs/job_files.hpp"
#include "stack/rights/memberships.hpp"
#include "stack/rights/privileges.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/own_units.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;
constexpr std::array<std::string_view, 9> kRunParts{"/etc/cron.hourly",
                                                    "/etc/cron.daily",
                                                    "/etc/cron.weekly",
                                                    "/etc/cron.monthly",
                                                    "/etc/update-motd.d",
                                                    "/etc/network/if-up.d",
                                                    "/etc/letsencrypt/renewal-hooks/pre",
                                                    "/etc/letsencrypt/renewal-hooks/post",
                                                    "/etc/letsencrypt/renewal-hooks/deploy"};

// What every process of root obeys: accounts, who may become root, what is loaded into programs,
// how one logs in. Files and, with a slash at the end, directories.
constexpr std::array<std::string_view, 29> kOfTheSystem{
    "/etc/passwd",          "/etc/group",
    "/etc/shadow",          "/etc/gshadow",
    "/etc/sudoers",         "/etc/sudoers.d/",
    "/etc/ld.so.preload",   "/etc/ld.so.conf",
    "/etc/ld.so.conf.d/",   "/etc/nsswitch.conf",
    "/etc/ssl/openssl.cnf", "/etc/apt/apt.conf.d/",
    "/etc/anacrontab",      "/etc/hosts",
    "/etc/environment",     "/etc/profile",
    "/etc/profile.d/",      "/etc/pam.d/",
    "/etc/ssh/sshd_config", "/root/.ssh/authorized_keys",
    "/root/.profile",       "/root/.bashrc",
    "/etc/cron.d/",         "/etc/logrotate.d/",
    "/etc/tmpfiles.d/",     "/etc/sysusers.d/",
    "/etc/udev/rules.d/",   "/etc/modprobe.d/",
    "/etc/sysctl.d/"};

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
    for (const auto* files : {"/etc/profile.d/*.sh", "/etc/tmpfiles.d/*.conf",
                              "/etc/sysusers.d/*.conf", "/etc/udev/rules.d/*.rules",
                              "/etc/modprobe.d/*.conf", "/etc/sysctl.d/*.conf", "/etc/pam.d/*"})
      for (const auto& path : glob(files)) note(path, "configuration", "system");
    for (const auto& path : glob("/etc/ld.so.conf.d/*.conf")) libraries(path);
    units();
    for (const auto& rule : survey_.facts.rows<facts::SudoRule>())
      command(rule.root_commands, "sudo");
    for (const auto& unit : own_units(survey_)) started(unit);
    for (const auto& unit : own_templates(survey_)) started(unit);
    supervisor();
    piped_logs();
    for (const auto& table : cron_tables(survey_)) crontab(table);
    anacron("/etc/anacrontab");
    for (const auto& path : glob("/etc/apt/apt.conf.d/*")) words_of(path, "Invoke", "apt");
    for (const std::string pattern : {"/etc/monit/monitrc", "/etc/monitrc", "/etc/monit/conf.d/*",
                                      "/etc/monit/conf-enabled/*", "/etc/monit.d/*"})
      for (const auto& path : glob(pattern)) monitored(path);
    agents();
    boot_script("/etc/rc.local");
    for (const auto& path : glob("/etc/letsencrypt/renewal/*.conf")) hooks(path);
    for (const auto directory : kRunParts) {
      note(std::string(directory), "configuration-directory", "cron");
      for (const auto& path : glob(std::string(directory) + "/*")) {
        note(path, "script", "cron");
        script(path, "cron");
      }
    }
    for (const auto& path : rotation_files(survey_.tree)) logrotate(path);
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

  // What the commands of a unit run as root: all unless it or a drop-in names a user, those with
  // a plus sign in any case.
  void started(const ServiceUnit& unit) {
    const bool root = !unit.user || is_root(*unit.user) || *unit.user == "0";
    CommandContext context;
    if (unit.working_directory) context.directory = unit.working_directory->path;
    for (const auto& [each, starts] : commands_of(unit))
      if (root || each.full_privileges)
        if (const auto line = written(survey_, each))
          command(expand_specifiers(line->text, unit.name).text, "systemd", context);
  }

  // Directories that ldconfig takes libraries from, for every program there is.
  void libraries(const std::string& path) {
    note(path, "configuration", "system");
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    for (const auto& each : text::lines(*content)) {
      const std::string line(each.text.substr(0, each.text.find_first_of(" \t\r#")));
      if (line.starts_with('/') && survey_.state_of(line, "directory") == "found")
        note(line, "configuration-directory", "system");
    }
  }

  // supervisord runs as root, and so does each program without user=.
  void supervisor() {
    const auto read = read_supervisor(survey_);
    for (const auto& path : read.files) note(path, "configuration", "supervisord");
    std::string own;  // whom supervisord itself becomes, and its programs with it
    for (const auto& section : read.sections)
      if (section.name == "supervisord") own = section.value("user");
    for (const auto& section : read.sections)
      if (const auto* run = section.find("command")) supervised(section, *run, own);
  }

  void supervised(const SupervisorSection& section, const SupervisorSetting& run,
                  const std::string& own) {
    const auto user = section.find("user") == nullptr ? own : section.value("user");
    CommandContext context;
    context.directory = section.value("directory");
    if (user.empty() || is_root(user)) command(run.value, "supervisord", context);
    const auto name = run.value.substr(0, run.value.find_first_of(" \t\r"));
    const bool plain = name.starts_with('/') && name.find_first_of("%$\"'") == std::string::npos;
    if (!plain || !section.name.starts_with("program:")) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = Survey::whole_file(section.path);
    row.line = run.line;
    row.service = "supervisord";
    row.kind = "supervised-program";
    row.as_written = name;
    row.resolved = tree::normalize(name);
    row.state = survey_.state_of(row.resolved, "file");
    row.required = section.value("autostart").find("false") == std::string::npos;
    row.wanted = "file";
    if (row.state == "missing") row.nearest = survey_.nearest_path(row.resolved);
    row.process = "supervisord";
    row.user = "root";
    row.call = "stat";
    row.effect = "can't find command '" + name + "': the program stays in the state FATAL";
    survey_.facts.add(std::move(row));
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

  // Run by systemd's rc-local.service if it may be executed.
  void boot_script(const std::string& path) {
    if (script(path, "boot")) note(path, "script", "boot");
  }

  // What the lines of a shell script run, as far as they do it as root; false where it may not be
  // executed. A file that a line only reads, copies or removes is not executable.
  bool script(const std::string& path, std::string_view service) {
    const auto end = tree::resolve(survey_.tree, path);
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!end || !content || (end.stat.mode & 0111U) == 0) return false;
    const auto first = std::string_view(*content).substr(0, content->find('\n'));
    if (first.starts_with("#!") && first.find("sh") == std::string_view::npos) return true;
    command(*content, service);
    return true;
  }

  [[nodiscard]] bool is_program(std::string_view path) const {
    constexpr std::array<std::string_view, 4> kScripts{".sh", ".php", ".py", ".pl"};
    const auto end = tree::resolve(survey_.tree, path);
    return (end && (end.stat.mode & 0111U) != 0) ||
           std::ranges::any_of(kScripts, [&](auto suffix) { return path.ends_with(suffix); });
  }

  // Lines without a comment whose words, one of which must be there, may be commands of root.
  void words_of(const std::string& path, std::string_view needed, std::string_view service) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    for (const auto& each : text::lines(*content)) {
      std::string line(each.text);
      const auto first = line.find_first_not_of(" \t");
      if (first == std::string::npos || line[first] == '#' || line.starts_with("//")) continue;
      if (line.find(needed) == std::string::npos || line.find('=') < line.find('/')) continue;
      if (!as_root(line)) continue;
      std::ranges::replace(line, '"', ' ');
      command(line, service);
    }
  }

  // monit's `start program = "/path" as uid app`.
  [[nodiscard]] bool as_root(std::string_view line) const {
    const auto words = text::words(line);
    const auto uid = std::ranges::find(words, std::string_view("uid"));
    if (uid == words.end() || uid + 1 == words.end()) return true;
    auto name = std::string(*(uid + 1));
    std::erase(name, '"');
    return is_root(name) || name == "0";
  }

  // monit runs as root what it checks and starts, unless it is told otherwise.
  void monitored(const std::string& path) {
    note(path, "configuration", "monit");
    for (const std::string_view word : {"check program", "start program", "stop program", "exec"})
      words_of(path, word, "monit");
  }

  // What nrpe and Zabbix's agent run for those who ask, where they were told to stay root.
  void agents() {
    struct Agent {
      std::string_view name;
      std::string file, more;
      std::string_view command;
    };
    for (const auto& agent :
         {Agent{"nrpe", "/etc/nagios/nrpe.cfg", "/etc/nagios/nrpe.d/*.cfg", "command["},
          Agent{"zabbix", "/etc/zabbix/zabbix_agentd.conf", "/etc/zabbix/zabbix_agentd.d/*.conf",
                "UserParameter="}}) {
      if (!is_root_agent(agent.name)) continue;
      for (const auto& path : glob(agent.more)) asked(path, agent.command);
      asked(agent.file, agent.command);
    }
  }

  // As its settings and its unit said to whoever read them.
  [[nodiscard]] bool is_root_agent(std::string_view name) const {
    return std::ranges::any_of(survey_.facts.rows<facts::SyntaxProblem>(), [&](const auto& row) {
      return row.code == "agent-root" && row.service == name;
    });
  }

  // command[load]=/path, UserParameter=key,/path.
  void asked(const std::string& path, std::string_view key) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    note(path, "configuration", "agent");
    for (const auto& line : text::lines(*content))
      if (line.text.starts_with(key))
        command(line.text.substr(std::min(line.text.find_first_of(key.ends_with('[') ? "=" : ","),
                                          line.text.size() - 1) +
                                 1),
                "agent");
  }

  // anacrontab(5): PERIOD DELAY NAME COMMAND, and assignments.
  void anacron(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    for (const auto& line : text::lines(*content)) {
      const auto words = text::words(line.text);
      constexpr std::size_t kBefore = 3;
      if (words.size() <= kBefore || words[0].starts_with('#') ||
          words[0].find('=') != std::string_view::npos)
        continue;
      command(line.text.substr(static_cast<std::size_t>(words[kBefore].data() - line.text.data())),
              "cron");
    }
  }

  // certbot's renew_hook = /path, pre_hook, post_hook.
  void hooks(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    for (const auto& line : text::lines(*content))
      if (const auto equals = line.text.find("_hook = "); equals != std::string_view::npos)
        command(line.text.substr(equals + 8), "certbot");
  }

  void note(const std::string& path, std::string_view kind, std::string_view service) {
    found_.push_back({path, std::string(kind), std::string(service)});
  }

  void command(std::string_view text, std::string_view service, CommandContext context = {}) {
    for (const auto& run : run_by(survey_.tree, text, std::move(context)))
      if (run.executed || is_program(run.path))
        note(run.path, run.directory ? "configuration-directory" : "script", service);
  }

  void crontab(const CronTable& table) {
    if (!table.owner.empty() && !is_root(table.owner)) return;
    note(table.path, "configuration", "cron");
    for (const auto& job : table.jobs)
      if (is_root(job.user)) command(job.command, "cron", {.path = job.search_path});
  }
  [[nodiscard]] bool is_root(const std::string& user) const {
    return names_root(survey_.accounts, user);
  }
  // With `su` another user does the work.
  void logrotate(const std::string& path) {
    const auto blocks = rotation_blocks(survey_, path);
    if (!blocks) return;
    note(path, "configuration", "logrotate");
    for (const auto& block : *blocks) {
      std::string commands;
      for (const auto& line : block.commands) commands.append(line.text).append("\n");
      command(commands, "logrotate");
      if (std::ranges::none_of(block.directives, [](const RotationLine& line) {
            return text::words(line.text)[0] == "su";
          }))
        log_directories(block.logs);
    }
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

// What gives rights beside the servers' own settings: accounts that somebody could log in to, lines
// of sudoers, programs with capabilities, and what root runs on its own (cron, logrotate).
#include "stack/rights/privileges.hpp"

#include "stack/jobs/jobs.hpp"
#include "stack/rights/execution.hpp"
#include "stack/rights/memberships.hpp"
#include "stack/rights/rights.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U, kProgramLimit = 32U << 20U;

// Programs that run what others write: whoever reaches them has their capabilities.
constexpr std::array<std::string_view, 12> kInterpreters{
    "php", "python", "perl", "ruby", "node", "bash", "dash", "sh", "busybox", "vim", "tar", "gdb"};
constexpr std::array<std::string_view, 4> kProgramDirectories{"/usr/bin", "/usr/sbin",
                                                              "/usr/local/bin", "/usr/local/sbin"};
// Servers that load whatever module the configuration of their caller names.
constexpr std::array<std::string_view, 3> kServers{"nginx", "apache2", "httpd"};
struct Power {
  unsigned number;
  std::string_view name;
};
// capabilities(7): those that are as good as root, for a program that runs others' code.
constexpr std::array kPowers{
    Power{0, "cap_chown"},       Power{1, "cap_dac_override"}, Power{2, "cap_dac_read_search"},
    Power{3, "cap_fowner"},      Power{6, "cap_setgid"},       Power{7, "cap_setuid"},
    Power{8, "cap_setpcap"},     Power{16, "cap_sys_module"},  Power{17, "cap_sys_rawio"},
    Power{18, "cap_sys_chroot"}, Power{19, "cap_sys_ptrace"},  Power{21, "cap_sys_admin"},
    Power{31, "cap_setfcap"}};

bool lets_in(std::string_view shell) {
  const auto name = tree::basename(shell);
  return !shell.empty() && name != "nologin" && name != "false" && name != "sync" &&
         name != "shutdown" && name != "halt" && name != "git-shell" && name != "rssh" &&
         name != "scponly" && name != "true";
}

facts::Place line_of(std::string_view file, std::uint32_t line) {
  auto place = Survey::whole_file(file);
  place.line = line;
  return place;
}

// The second field of shadow(5): "*" and "!" lock, nothing lets everybody in.
struct Shadow {
  std::string password;
  std::int64_t line = 0;
};

std::map<std::string, Shadow> read_shadow(const Survey& survey) {
  std::map<std::string, Shadow> result;
  const auto content = tree::read_file(survey.tree, "/etc/shadow", kSmall);
  if (!content) return result;
  for (const auto& line : text::lines(*content)) {
    const auto fields = text::fields(line.text, ':');
    if (fields.size() < 2) continue;
    const auto hash = fields[1];
    const bool locked = hash.starts_with('*') || hash.starts_with('!');
    result.emplace(fields[0], Shadow{hash.empty() ? "empty"
                                     : locked     ? "locked"
                                                  : "set",
                                     line.number});
  }
  return result;
}

void record_accounts(Survey& survey) {
  const auto workers = worker_uids(survey);
  const auto shadow = read_shadow(survey);
  for (const auto& user : survey.accounts.users()) {
    facts::Account row;
    static_cast<facts::Place&>(row) = line_of("/etc/passwd", user.line);
    row.user = user.name;
    row.uid = user.uid;
    row.shell = user.shell;
    row.login_shell =
        lets_in(user.shell) && static_cast<bool>(tree::resolve(survey.tree, user.shell));
    row.worker = workers.contains(user.uid);
    row.password = "unknown";
    if (const auto it = shadow.find(user.name); it != shadow.end()) {
      row.password = it->second.password;
      row.shadow_line = it->second.line;
    }
    survey.facts.add(std::move(row));
  }
}

void note_program(Survey& survey, const std::string& path, bool interpreter) {
  const auto end = tree::resolve(survey.tree, path);
  if (!end || end.stat.type != tree::FileType::regular) return;
  const auto set = survey.tree.file_capabilities(end.path);
  if (!set || *set == 0) return;
  for (const auto& row : survey.facts.rows<facts::SpecialFile>())
    if (row.path == end.path) return;
  facts::SpecialFile row;
  row.path = end.path;
  row.kind = "capability";
  row.owner = survey.accounts.user_name(end.stat.uid);
  row.mode = end.stat.mode;
  for (const auto& power : kPowers)
    if (((*set >> power.number) & 1U) != 0)
      row.detail += (row.detail.empty() ? "" : " ") + std::string(power.name);
  row.dangerous = interpreter && !row.detail.empty();
  if (row.detail.empty()) row.detail = "others";
  survey.facts.add(std::move(row));
}

bool is_interpreter(std::string_view name) {
  return std::ranges::any_of(kInterpreters, [&](std::string_view known) {
    if (!name.starts_with(known)) return false;
    const auto rest = name.substr(known.size());
    return rest.find_first_not_of("0123456789.-fpmcgi") == std::string_view::npos;
  });
}

void record_programs(Survey& survey) {
  for (const auto directory : kProgramDirectories) {
    const auto names = tree::list_directory(survey.tree, directory);
    if (!names) continue;
    for (const auto& name : *names)
      if (is_interpreter(name)) note_program(survey, tree::join(directory, name), true);
  }
  // What was put here by hand is whatever it was made for; its powers are for whoever may run it.
  for (const auto* directory : {"/usr/local/bin", "/usr/local/sbin"}) {
    const auto names = tree::list_directory(survey.tree, directory);
    if (!names) continue;
    for (const auto& name : *names) {
      const auto path = tree::join(directory, name);
      const auto end = tree::resolve(survey.tree, path);
      if (end && (end.stat.mode & 1U) != 0) note_program(survey, path, true);
    }
  }
}

// Whether it is a copy of one of the programs that run whatever they are given.
bool is_copy_of_interpreter(const tree::Tree& tree, const tree::Resolution& program) {
  const auto content = tree::read_file(tree, program.path, kProgramLimit);
  if (!content) return false;
  for (const std::string directory : {"/usr/bin", "/bin"}) {
    const auto names = tree::list_directory(tree, directory);
    if (!names) continue;
    for (const auto& name : *names) {
      if (!is_interpreter(name)) continue;
      const auto end = tree::resolve(tree, tree::join(directory, name));
      if (!end || end.stat.size != program.stat.size || end.path == program.path) continue;
      const auto other = tree::read_file(tree, end.path, kProgramLimit);
      if (other && *other == *content) return true;
    }
  }
  return false;
}

bool runs_what_it_is_given(std::string_view name) {
  return is_interpreter(name) || std::ranges::find(kServers, name) != kServers.end();
}

// A shell, an interpreter or a server, or a copy of one, that root's rights come with for a worker.
void record_setuid(Survey& survey) {
  std::vector<tree::Principal> workers;
  for (const auto uid : worker_uids(survey))
    if (const auto* user = survey.accounts.user(uid); user != nullptr && uid != 0)
      workers.push_back(survey.accounts.become(*user));
  for (const auto directory : kProgramDirectories) {
    const auto names = tree::list_directory(survey.tree, directory);
    if (!names) continue;
    const bool local = directory.starts_with("/usr/local/");
    for (const auto& name : *names) {
      if (!local && !runs_what_it_is_given(name)) continue;
      const auto end = tree::resolve(survey.tree, tree::join(directory, name));
      if (!end || end.stat.type != tree::FileType::regular || end.stat.uid != 0 ||
          (end.stat.mode & 04000U) == 0)
        continue;
      const auto runs = std::ranges::find_if(
          workers, [&](const tree::Principal& who) { return may_execute(survey.tree, who, end); });
      if (runs == workers.end()) continue;
      if (!runs_what_it_is_given(name) && !is_copy_of_interpreter(survey.tree, end)) continue;
      facts::SpecialFile row;
      row.path = end.path;
      row.kind = "setuid";
      row.detail = runs->name;
      row.owner = "root";
      row.mode = end.stat.mode;
      row.dangerous = true;
      survey.facts.add(std::move(row));
    }
  }
}

// sysctl.d(5): by the name of the file, the last one counts, /etc before /usr/lib for one name.
void record_sysctl(Survey& survey) {
  constexpr std::string_view kKey = "net.ipv4.ip_unprivileged_port_start";
  std::map<std::string, std::string> files;
  for (const auto* directory : {"/usr/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d"})
    for (const auto& path : tree::glob(survey.tree, std::string(directory) + "/*.conf").paths)
      files[std::string(tree::basename(path))] = path;
  if (!files.contains("99-sysctl.conf")) files["99-sysctl.conf"] = "/etc/sysctl.conf";
  std::optional<facts::Directive> found;
  for (const auto& [name, path] : files) {
    const auto content = tree::read_file(survey.tree, path, kSmall);
    if (!content) continue;
    for (const auto& [text, number, begin] : text::lines(*content)) {
      std::string line(text);
      std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
      if (line.starts_with('-')) line.erase(0, 1);
      std::ranges::replace(line, '/', '.');
      if (!line.starts_with(std::string(kKey) + "=")) continue;
      found.emplace();
      found->path = path;
      found->line = number;
      found->service = "sysctl";
      found->name = kKey;
      found->args = line.substr(kKey.size() + 1);
    }
  }
  if (found) survey.facts.add(*std::move(found));
}

}  // namespace

std::vector<RootFile> find_privileges(Survey& survey) {
  record_sysctl(survey);
  record_accounts(survey);
  record_programs(survey);
  record_setuid(survey);
  record_sudo(survey);
  check_powerful_sockets(survey);
  return root_jobs(survey);
}

}  // namespace stackaudit::stack

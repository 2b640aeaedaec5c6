// A script is read line by line: what stands behind "#" is left out, and so is each line with a
// variable in the word that matters. An else-branch or a test of several names is its author's own
// matter: of a line that names several units or processes none is judged.
#include "stack/monitoring/commands.hpp"

#include "stack/jobs/job_files.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/host_header.hpp"
#include "stack/monitoring/watch.hpp"
#include "stack/net.hpp"
#include "stack/systemd/own_units.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kMaxScript = 64U << 10U;
constexpr std::size_t kMaxScripts = 200;
constexpr std::string_view kEnds = " \t\"'`;|&)>";

bool is_option(std::string_view word) {
  return word.starts_with('-') || word.starts_with('>') || word.starts_with("2>");
}

// The words behind `program` up to the end of the command.
std::vector<std::string_view> arguments(std::string_view text, std::string_view program) {
  std::vector<std::string_view> found;
  const auto at = text.find(program);
  if (at == text.npos) return found;
  if (at > 0 && std::string_view(" \t/`(\"'!;&|").find(text[at - 1]) == std::string_view::npos)
    return found;
  auto rest = text.substr(at + program.size());
  if (rest.empty() || (rest[0] != ' ' && rest[0] != '\t')) return found;
  rest = rest.substr(0, rest.find_first_of(";|&`)>\n"));
  for (auto word : text::words(rest)) {
    while (!word.empty() && (word[0] == '"' || word[0] == '\'')) word.remove_prefix(1);
    while (!word.empty() && (word.back() == '"' || word.back() == '\'')) word.remove_suffix(1);
    if (!word.empty() && !is_option(word)) found.push_back(word);
  }
  return found;
}

bool plain(std::string_view word) {
  return word.find_first_of("$*?[^\\(%{") == std::string_view::npos;
}

}  // namespace

void watch_command(Survey& survey, std::string_view agent, const AgentText& file,
                   const AgentLine& line, std::string_view command) {
  const auto one = [&](const std::string& program, std::size_t count) {
    auto words = arguments(command, program);
    return words.size() == count && plain(words.back()) ? words.back() : std::string_view{};
  };
  const bool whole = command.find(" -f") == command.npos;
  for (const std::string program : {"pgrep", "pidof"})
    if (const auto name = one(program, 1); !name.empty() && whole)
      watch_process(survey, agent, file.place(line, name), tree::basename(name));
  if (const auto name = one("systemctl is-active", 1); !name.empty())
    watch_unit(survey, agent, file.place(line, name), name);
  if (agent != "script" && command.find("||") == command.npos)
    for (const std::string_view verb : {"start", "restart", "reload"})
      if (const auto name = one("systemctl " + std::string(verb), 1); !name.empty())
        watch_unit(survey, agent, file.place(line, name), name);
  if (const auto path = one("cat", 1); path.ends_with(".pid"))
    watch_pid_file(survey, agent, file.place(line, path), path, command);
  if (command.find("check_file_age") != command.npos)
    for (const auto word : text::words(command)) {
      const auto path = word.substr(0, word.find_first_of(kEnds));
      if (path.starts_with("/var/log/") && plain(path) && !service_in(path).empty())
        watch_log(survey, agent, file.place(line, path), path);
    }
}

namespace {

class Commands {
 public:
  explicit Commands(Survey& survey) : survey_(survey) {}

  void run() {
    tables();
    for (const auto& path : tree::glob(survey_.tree, "/etc/nagios/nrpe.d/*.cfg").paths) nrpe(path);
    nrpe("/etc/nagios/nrpe.cfg");
    nrpe("/etc/nagios/nrpe_local.cfg");
    units();
  }

 private:
  void tables() {
    for (const auto& table : cron_tables(survey_)) {
      const AgentText text(survey_, table.path);
      for (const auto& job : table.jobs) {
        started(job.command);
        const auto line = std::ranges::find(text.lines(), job.line, &AgentLine::number);
        if (line == text.lines().end()) continue;
        const auto at = line->text.find(job.command.substr(0, job.command.find('%')));
        if (at != line->text.npos)
          watch_command(survey_, "cron", text, *line, line->text.substr(at));
      }
    }
  }

  // Plugins lie below /usr/lib/nagios/plugins here, below lib64 or libexec elsewhere.
  void nrpe(const std::string& path) {
    const AgentText text(survey_, path);
    for (const auto& line : text.lines()) {
      if (!line.text.starts_with("command[")) continue;
      const auto command = line.text.substr(line.text.find('=') + 1);
      watch_command(survey_, "nrpe", text, line, command);
      for (const auto word : text::words(command)) {
        if (word.find("/plugins/") == word.npos && word.find("/libexec/") == word.npos) continue;
        const auto here = "/usr/lib/nagios/plugins/" + std::string(tree::basename(word));
        if (word.starts_with('/') && plain(word) && word != here &&
            survey_.state_of(word, "file") == "missing" &&
            survey_.state_of(here, "file") == "found")
          look_for_file(survey_, "nrpe", text.place(line, word), word, word,
                        "the check fails, whatever the service does");
        break;
      }
    }
  }

  // What this machine's own units start, and what they fetch themselves.
  void units() {
    for (const auto& unit : own_units(survey_)) {
      if (!unit.drop_ins.empty() && unit.path.starts_with("/usr/lib/")) continue;
      const AgentText text(survey_, unit.path);
      for (const auto& line : text.lines()) {
        const auto command = value_of(line.text, "ExecStart");
        if (command.empty()) continue;
        started(command);
        if (unit.type == "oneshot") fetched(text, line, command);
      }
    }
  }

  // Scripts among the words: of a shell, and not from a package.
  void started(std::string_view command) {
    for (const auto word : text::words(command)) {
      const auto path = word.substr(0, word.find_first_of(kEnds));
      if (!path.starts_with('/') || !plain(path) || path.starts_with("/usr/bin/") ||
          path.starts_with("/usr/sbin/") || path.starts_with("/usr/lib/") ||
          path.starts_with("/bin/") || path.starts_with("/sbin/") ||
          path.starts_with("/usr/share/") || seen_.size() >= kMaxScripts ||
          !seen_.emplace(path).second)
        continue;
      const auto end = tree::resolve(survey_.tree, path);
      if (end && end.stat.type == tree::FileType::regular && end.stat.size <= kMaxScript)
        script(std::string(path));
    }
  }

  void script(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kMaxScript);
    if (!content || !content->starts_with("#!") ||
        content->substr(0, content->find('\n')).find("sh") == std::string::npos)
      return;
    const AgentText text(survey_, path);
    for (const auto& line : text.lines()) {
      watch_command(survey_, "script", text, line, line.text);
      fetched(text, line, line.text);
    }
  }

  void fetched(const AgentText& text, const AgentLine& line, std::string_view command) {
    if (command.find("curl ") == command.npos && command.find("wget ") == command.npos) return;
    for (auto& probe : probes_in(command)) {
      if (!probe.scheme.starts_with("http")) continue;
      const auto addresses = addresses_of(survey_.tree, probe.host);
      if (addresses.empty() || !is_loopback(addresses[0])) continue;
      probe.name = host_header(command);
      add_probe(survey_, "script", probe, std::string(command.substr(0, probe.begin)),
                text.place(line, command.substr(probe.begin, probe.end - probe.begin)));
    }
  }

  Survey& survey_;
  std::set<std::string, std::less<>> seen_;
};

}  // namespace

void read_watch_commands(Survey& survey) {
  Commands(survey).run();
}

}  // namespace stackaudit::stack

// What the main files of agents say of other files, of accounts, and of names that must not come
// twice: nrpe.cfg, zabbix_agentd.conf, monitrc, prometheus.yml; agents with the rights of root, and
// those that nothing starts.
#include "stack/account_sources.hpp"
#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/identity.hpp"
#include "stack/systemd/search.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;

// A setting that names further files of the agent.
struct Include {
  std::string_view agent, file, key;
  bool list;                              // the names follow, one on each line: "- rules/*.yml"
  std::array<std::string_view, 3> usual;  // where such files lie
};
constexpr std::array kIncludes{
    Include{"nrpe", "/etc/nagios/nrpe.cfg", "include", false, {}},
    Include{"nrpe", "/etc/nagios/nrpe.cfg", "include_file", false, {}},
    Include{"nrpe", "/etc/nagios/nrpe.cfg", "include_dir", false, {}},
    Include{"zabbix", "/etc/zabbix/zabbix_agentd.conf", "Include", false, {}},
    Include{"zabbix", "/etc/zabbix/zabbix_agent2.conf", "Include", false, {}},
    Include{"monit",
            "/etc/monit/monitrc",
            "include",
            false,
            {"/etc/monit/conf.d/*", "/etc/monit/conf-enabled/*", "/etc/monit.d/*"}},
    Include{"monit", "/etc/monitrc", "include", false, {"/etc/monit.d/*", "", ""}},
    Include{"prometheus",
            "/etc/prometheus/prometheus.yml",
            "rule_files:",
            true,
            {"/etc/prometheus/*rules*.yml", "/etc/prometheus/rules*/*", "/etc/prometheus/*.rules"}},
    Include{"datadog", "/etc/datadog-agent/datadog.yaml", "confd_path:", false, {}}};

// Names that may be given once; a file that gives one twice is refused as a whole.
struct Unique {
  std::string_view agent, before, after;  // the name stands between the two
  std::array<std::string_view, 4> files;
  std::string_view refusal;
};
constexpr std::array kUnique{
    Unique{"zabbix",
           "UserParameter=",
           ",",
           {"/etc/zabbix/zabbix_agentd.conf", "/etc/zabbix/zabbix_agentd.d/*.conf", "", ""},
           "zabbix_agentd does not start: the user parameter is already used"},
    Unique{"monit",
           "check process ",
           " ",
           {"/etc/monit/monitrc", "/etc/monit/conf.d/*", "/etc/monit/conf-enabled/*",
            "/etc/monit.d/*"},
           "monit does not start: the service name is already defined"}};

std::string unquoted(std::string_view text) {
  std::string result(text::trimmed(text));
  std::erase_if(result, [](char c) { return c == '"' || c == '\''; });
  return result;
}

class AgentSettings {
 public:
  explicit AgentSettings(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto& include : kIncludes) included(include);
    for (const auto& unique : kUnique) twice(unique);
    nrpe_account();
    root_agents();
  }

 private:
  // Calls each(line without its comment, number).
  void lines(const std::string& path, const auto& each) const {
    const auto content = tree::read_file(survey_.tree, path, kLimit);
    if (!content) return;
    for (const auto& line : text::lines(*content)) {
      const auto text = text::trimmed(line.text);
      if (!text.empty() && text[0] != '#') each(text, line.number);
    }
  }

  static facts::Place at(const std::string& path, std::int64_t line) {
    auto place = Survey::whole_file(path);
    place.line = line;
    return place;
  }

  void included(const Include& include) {
    const std::string file(include.file);
    bool inside = false;
    found_ = 0;
    empty_.clear();
    lines(file, [&](std::string_view line, std::int64_t number) {
      if (include.list) {
        if (inside && line.starts_with('-')) return look(include, number, line.substr(1));
        inside = line == include.key;
        return;
      }
      if (!line.starts_with(include.key)) return;
      auto rest = line.substr(include.key.size());
      if (!rest.empty() && (rest[0] == '=' || rest[0] == ' ' || rest[0] == '\t')) {
        rest = text::trimmed(rest);
        look(include, number, rest.starts_with('=') ? rest.substr(1) : rest);
      }
    });
    const bool unread = std::ranges::any_of(include.usual, [&](std::string_view pattern) {
      return !pattern.empty() && !tree::glob(survey_.tree, pattern, 1).paths.empty();
    });
    if (found_ == 0 && unread && !empty_.empty())
      tell(include, empty_.front().first, empty_.front().second);
  }

  // A pattern is a place for what may come: one that fits nothing matters where there are files in
  // the usual places and no other line takes them in. zabbix_agentd needs its directory.
  void look(const Include& include, std::int64_t line, std::string_view value) {
    const auto written = unquoted(value);
    if (written.empty() || written.find_first_of("$%{") != std::string::npos) return;
    auto path = tree::normalize(tree::join(tree::dirname(include.file), written));
    const auto pattern = path.find_first_of("*?[");
    if (pattern != std::string::npos) path = path.substr(0, path.rfind('/', pattern));
    if (tree::resolve(survey_.tree, path)) return void(++found_);
    if (pattern != std::string::npos && include.agent != "zabbix")
      return void(empty_.emplace_back(line, path));
    tell(include, line, path);
  }

  void tell(const Include& include, std::int64_t line, const std::string& path) {
    const auto near = survey_.nearest_path(path);
    survey_.add_problem(
        at(std::string(include.file), line),
        {.service = include.agent,
         .language = "text",
         .code = "not-read",
         .severity = "warning",
         .message = path + " does not exist: " + std::string(include.agent) +
                    " reads no further checks from there",
         .help = near.empty() ? "name the directory that has them" : "did you mean " + near + "?"});
  }

  void twice(const Unique& unique) {
    std::map<std::string, std::pair<std::string, std::int64_t>> seen;
    for (const auto pattern : unique.files)
      for (const auto& path : tree::glob(survey_.tree, pattern).paths)
        lines(path, [&](std::string_view line, std::int64_t number) {
          if (!line.starts_with(unique.before)) return;
          const auto rest = text::trimmed(line.substr(unique.before.size()));
          const auto name = unquoted(rest.substr(0, rest.find(unique.after)));
          const auto [first, added] = seen.try_emplace(name, path, number);
          if (added || name.empty()) return;
          survey_.add_problem(
              at(path, number),
              {.service = unique.agent,
               .language = "text",
               .code = "not-read",
               .severity = "warning",
               .message = std::string(unique.refusal) + ": " + name + " (line " +
                          std::to_string(first->second.second) + " of " + first->second.first + ")",
               .help = "give it another name, or take one of them away"});
        });
  }

  // drop_privileges() only warns: "Could not get passwd entry".
  void nrpe_account() {
    const std::string file = "/etc/nagios/nrpe.cfg";
    lines(file, [&](std::string_view line, std::int64_t number) {
      for (const std::string_view key : {"nrpe_user=", "nrpe_group="}) {
        if (!line.starts_with(key)) continue;
        const auto name = unquoted(line.substr(key.size()));
        const bool group = key == "nrpe_group=";
        auto row = account_reference(
            survey_, name, group, group ? group_state(survey_, name) : user_state(survey_, name));
        if (name.empty() || row.state != "missing") continue;
        static_cast<facts::Place&>(row) = at(file, number);
        row.service = "nrpe";
        row.kind = "job-account";
        row.required = true;
        row.process = "nrpe";
        row.user = "root";
        row.call = group ? "getgrnam" : "getpwnam";
        row.effect = "nrpe cannot give up the rights of root";
        survey_.facts.add(std::move(row));
      }
    });
  }

  void too_mighty(const std::string& file, std::int64_t line, std::string_view agent,
                  std::string message) {
    survey_.add_problem(at(file, line), {.service = agent,
                                         .language = "text",
                                         .code = "agent-root",
                                         .severity = "warning",
                                         .message = std::move(message),
                                         .help = "give it the account of its package"});
  }

  // Both answer to the network, and run commands that their configuration, or the asker, names.
  void root_agents() {
    const std::string nrpe = "/etc/nagios/nrpe.cfg", zabbix = "/etc/zabbix/zabbix_agentd.conf";
    lines(nrpe, [&](std::string_view line, std::int64_t number) {
      if (line == "nrpe_user=root" || line == "nrpe_user=0")
        too_mighty(nrpe, number, "nrpe", "nrpe runs its commands as root: nrpe_user=root");
    });
    std::int64_t allowed = 0;
    bool root = false;
    lines(zabbix, [&](std::string_view line, std::int64_t number) {
      if (line == "AllowRoot=1") allowed = number;
      if (line == "AllowRoot=0") allowed = 0;
      if (line.starts_with("User=")) root = line == "User=root";
    });
    if (allowed != 0 && (root || unit_says_root("zabbix")))
      too_mighty(zabbix, allowed, "zabbix", "zabbix_agentd runs its items as root: AllowRoot=1");
  }

  // The unit of an agent is there and names no account.
  [[nodiscard]] bool unit_says_root(std::string_view agent) const {
    const UnitSearch search(survey_.tree);
    return std::ranges::any_of(agent_units(agent), [&](const std::string& unit) {
      const auto content = tree::read_file(survey_.tree, search.fragment(unit).path, kLimit);
      return content && content->find("\nUser=") == std::string::npos;
    });
  }

  Survey& survey_;
  int found_ = 0;  // includes of one file that lead somewhere
  std::vector<std::pair<std::int64_t, std::string>> empty_;  // patterns that lead nowhere
};

// monit(1): the control file must not be more than 0700; monit does not start otherwise.
void check_control_file(Survey& survey) {
  for (const std::string path : {"/etc/monit/monitrc", "/etc/monitrc"})
    if (const auto end = tree::resolve(survey.tree, path); end && (end.stat.mode & 077U) != 0)
      tell_idle(
          survey, Survey::whole_file(end.path), "monit",
          "monit does not start: its control file may be read or written by others than its owner",
          "chmod 0600 " + end.path);
}

// The unit of an agent that is there, and that nothing starts; empty where one is started.
std::string stopped_unit(const UnitSearch& search, std::string_view agent) {
  std::string stopped;
  for (const auto& unit : agent_units(agent)) {
    const auto fragment = search.fragment(unit);
    if (fragment.path.empty()) continue;
    if (!fragment.masked && (search.wanted_at_boot({unit}) || !fragment.alias_of.empty()))
      return {};
    stopped = unit;
  }
  return stopped;
}

// An agent that has checks of the servers, whose unit is there and which no boot starts; another
// one may watch the same.
void check_agents_off(Survey& survey) {
  const UnitSearch search(survey.tree);
  std::map<std::string, std::set<std::string>> watched;  // agent to services
  for (const auto& row : survey.facts.rows<facts::Monitor>())
    if (!row.target.empty()) watched[row.agent].insert(row.target);
  std::map<std::string, std::string> off;
  for (const auto& [agent, services] : watched)
    if (auto unit = stopped_unit(search, agent); !unit.empty()) off[agent] = std::move(unit);
  for (const auto& [agent, unit] : off) {
    const bool elsewhere = std::ranges::all_of(watched[agent], [&](const std::string& service) {
      return std::ranges::any_of(watched, [&](const auto& other) {
        return !off.contains(other.first) && other.second.contains(service);
      });
    });
    if (elsewhere) continue;
    const auto fragment = search.fragment(unit);
    survey.add_problem(
        Survey::whole_file(fragment.path),
        {.service = agent,
         .language = "text",
         .code = "not-started",
         .severity = "warning",
         .message = unit + (fragment.masked ? " is masked" : " is not enabled") +
                    ": the checks of " + agent + " are set up, and nobody makes them",
         .help = (fragment.masked ? "systemctl unmask " : "systemctl enable ") + unit});
  }
}

}  // namespace

void read_agent_settings(Survey& survey) {
  AgentSettings(survey).run();
  check_control_file(survey);
  check_agents_off(survey);
}

}  // namespace stackaudit::stack

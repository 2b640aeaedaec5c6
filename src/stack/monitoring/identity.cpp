// Reads the agent's unit and its drop-ins as text: User=, Group= and SupplementaryGroups= suffice.
#include "stack/monitoring/identity.hpp"

#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 256U << 10U;

struct AgentUnit {
  std::string_view agent, unit;
};
constexpr std::array kUnits{AgentUnit{"telegraf", "telegraf"},
                            AgentUnit{"zabbix", "zabbix-agent"},
                            AgentUnit{"zabbix", "zabbix-agent2"},
                            AgentUnit{"nrpe", "nagios-nrpe-server"},
                            AgentUnit{"prometheus", "prometheus"},
                            AgentUnit{"netdata", "netdata"},
                            AgentUnit{"collectd", "collectd"},
                            AgentUnit{"promtail", "promtail"},
                            AgentUnit{"filebeat", "filebeat"},
                            AgentUnit{"fluent-bit", "fluent-bit"},
                            AgentUnit{"fluentd", "td-agent"},
                            AgentUnit{"fluentd", "fluentd"},
                            AgentUnit{"vector", "vector"},
                            AgentUnit{"datadog", "datadog-agent"},
                            AgentUnit{"nrpe", "nrpe"},
                            AgentUnit{"monit", "monit"},
                            AgentUnit{"munin", "munin-node"},
                            AgentUnit{"newrelic", "newrelic-infra"},
                            AgentUnit{"metricbeat", "metricbeat"},
                            AgentUnit{"heartbeat", "heartbeat-elastic"}};
constexpr std::array<std::string_view, 3> kDirectories{
    "/etc/systemd/system/", "/usr/local/lib/systemd/system/", "/usr/lib/systemd/system/"};

struct Said {
  std::string user, group;
  std::vector<std::string> groups;
};

void read_settings(const std::string& text, Said& said) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
    if (line.starts_with("User=")) said.user = line.substr(5);
    if (line.starts_with("Group=")) said.group = line.substr(6);
    if (!line.starts_with("SupplementaryGroups=")) continue;
    std::istringstream words(line.substr(line.find('=') + 1));
    for (std::string word; words >> word;) said.groups.push_back(word);
  }
}

Said unit_of(const Survey& survey, std::string_view agent) {
  for (const auto& [name, unit] : kUnits) {
    if (name != agent) continue;
    for (const auto directory : kDirectories) {
      const auto path = std::string(directory) + std::string(unit) + ".service";
      const auto content = tree::read_file(survey.tree, path, kSmall);
      if (!content) continue;
      Said said;
      read_settings(*content, said);
      const auto drop_ins = "/etc/systemd/system/" + std::string(unit) + ".service.d/*.conf";
      for (const auto& part : tree::glob(survey.tree, drop_ins).paths)
        if (const auto more = tree::read_file(survey.tree, part, kSmall))
          read_settings(*more, said);
      return said;
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> agent_units(std::string_view agent) {
  std::vector<std::string> units;
  for (const auto& [name, unit] : kUnits)
    if (name == agent) units.push_back(std::string(unit) + ".service");
  return units;
}

std::optional<tree::Principal> agent_identity(const Survey& survey, std::string_view agent) {
  auto said = unit_of(survey, agent);
  if (said.user.empty() && agent == "datadog") said.user = "dd-agent";
  const auto* user = survey.accounts.user(said.user);
  if (user == nullptr || user->uid == 0) return std::nullopt;
  auto who = survey.accounts.become(*user);
  if (const auto* group = survey.accounts.group(said.group)) who.gid = group->gid;
  for (const auto& name : said.groups)
    if (const auto* group = survey.accounts.group(name)) who.groups.push_back(group->gid);
  std::ranges::sort(who.groups);
  return who;
}

}  // namespace stackaudit::stack

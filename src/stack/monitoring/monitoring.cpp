// Agents by a table; each entry of an agent's kind is read by its function.
#include "stack/monitoring/monitoring.hpp"

#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/checkmk.hpp"
#include "stack/monitoring/commands.hpp"
#include "stack/monitoring/datadog.hpp"
#include "stack/monitoring/metricbeat.hpp"
#include "stack/monitoring/monit.hpp"
#include "stack/monitoring/objects.hpp"
#include "stack/monitoring/prometheus.hpp"
#include "stack/monitoring/shippers.hpp"
#include "stack/monitoring/small_agents.hpp"
#include "stack/monitoring/telegraf.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Agent {
  std::string_view kind;  // of its entries
  void (*read)(Survey&, const Entry&);
};
constexpr std::array kAgents{Agent{"datadog", read_datadog}};

}  // namespace

void read_monitoring(Survey& survey, const std::vector<Entry>& entries) {
  for (const auto& entry : entries)
    for (const auto& agent : kAgents)
      if (agent.kind == entry.kind) agent.read(survey, entry);
  const bool has_server = std::ranges::any_of(entries, [](const Entry& entry) {
    return !entry.named &&
           (entry.kind == "nginx" || entry.kind == "apache" || entry.kind == "php-fpm");
  });
  if (!has_server) return;
  read_line_agents(survey);
  read_nagios_objects(survey);
  read_icinga_objects(survey);
  read_metricbeat(survey);
  read_checkmk(survey);
  read_prometheus(survey);
  read_telegraf(survey);
  read_monit(survey);
  read_small_agents(survey);
  read_watch_commands(survey);
  read_agent_settings(survey);
  read_log_shippers(survey);
}

}  // namespace stackaudit::stack

// netdata.conf, go.d.conf and python.d.conf say which modules run; each module has a file of jobs.
#include "stack/monitoring/netdata.hpp"

#include "stack/monitoring/agent_text.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace stackaudit::stack {
namespace {

// Modules of go.d that speak with the servers of this audit, and those that ask any address. There
// are others whose pages have the same names: lighttpd, nginxunit, tengine.
constexpr std::array<std::string_view, 9> kModules{"nginx",     "apache",     "phpfpm",
                                                   "mysql",     "web_log",    "httpcheck",
                                                   "portcheck", "prometheus", "x509check"};

bool is_off(std::string_view value) {
  return value == "no" || value == "false";
}

}  // namespace

void read_netdata_switches(Survey& survey) {
  const auto jobs = [&](std::string_view module) {
    return survey.state_of("/etc/netdata/go.d/" + std::string(module) + ".conf", "file") == "found";
  };
  const bool any = std::ranges::any_of(kModules, jobs);
  const AgentText main(survey, "/etc/netdata/netdata.conf");
  for (const auto& line : main.lines())
    if (value_of(line.text, "go.d") == "no" && any)
      tell_idle(survey, main.place(line, line.text), "netdata",
                "go.d = no: none of the jobs below /etc/netdata/go.d runs", "write go.d = yes");
  const AgentText modules(survey, "/etc/netdata/go.d.conf");
  for (const auto& line : modules.lines())
    for (const auto module : kModules)
      if (is_off(value_of(line.text, module)) && jobs(module))
        tell_idle(
            survey, modules.place(line, line.text), "netdata",
            std::string(module) + ": no: the jobs of " + std::string(module) + ".conf never run",
            "write yes");
  for (const auto& path : tree::glob(survey.tree, "/etc/netdata/health.d/*.conf").paths) {
    const AgentText alarms(survey, path);
    for (const auto& line : alarms.lines())
      if (value_of(line.text, "to") == "silent")
        tell_idle(survey, alarms.place(line, line.text), "netdata",
                  "to: silent: nobody is told of this alarm", "name a role: to: webmaster");
  }
}

std::string netdata_fcgi_path(std::string_view content, std::size_t at) {
  std::string path = "/status";  // of the module
  std::size_t seen = 0;
  for (const auto& line : text::lines(content)) {
    auto said = text::trimmed(line.text);
    const bool begins = said.starts_with("- ");
    if (begins && line.begin > at) break;
    if (begins) path = "/status";
    if (begins) said = text::trimmed(said.substr(2));
    const auto value = value_of(said, "fcgi_path");
    if (!value.empty()) path = value;
    if (++seen > 10'000) break;
  }
  return path.starts_with('/') ? path : "/" + path;
}

bool is_netdata_guess(std::string_view content, std::size_t at) {
  std::string_view own;
  std::vector<std::string_view> names;
  std::size_t seen = 0;
  for (const auto& line : text::lines(content)) {
    auto said = text::trimmed(line.text);
    if (said.starts_with("- ")) said = text::trimmed(said.substr(2));
    const auto name = value_of(said, "name");
    if (name.empty()) continue;
    if (line.begin <= at) own = name;
    names.push_back(name);
    if (++seen > 10'000) break;
  }
  return own == "local" || std::ranges::count(names, own) > 1;
}

bool netdata_asks_ours(const Survey& survey, std::string_view path) {
  auto module = tree::basename(path);
  module = module.substr(0, module.rfind('.'));
  if (std::ranges::find(kModules, module) == kModules.end()) return false;
  const auto switches = std::string(tree::dirname(path)) + ".conf";
  const auto content = tree::read_file(survey.tree, switches, 1U << 20U);
  if (!content) return true;
  return std::ranges::none_of(text::lines(*content), [&](const text::Line& line) {
    return is_off(value_of(text::trimmed(line.text), module));
  });
}

}  // namespace stackaudit::stack

// Each agent is a function over the lines of its files; keepalived.conf(5), zabbix_agentd.conf,
// collectd.conf(5), netdata.conf, munin-node.conf(5), jail.conf(5), logcheck(8).
#include "stack/monitoring/small_agents.hpp"

#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/commands.hpp"
#include "stack/monitoring/watch.hpp"
#include "stack/net.hpp"
#include "stack/runtime_places.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

using Names = std::set<std::string, std::less<>>;

std::vector<std::string> files(const Survey& survey, std::string_view pattern) {
  auto paths = tree::glob(survey.tree, pattern).paths;
  std::erase_if(paths, [](const std::string& path) { return path.ends_with('~'); });
  return paths;
}

// vrrp_script NAME { }, and the blocks track_script { NAME }; notify_master "/path".
void keepalived(Survey& survey) {
  const AgentText text(survey, "/etc/keepalived/keepalived.conf");
  Names scripts;
  bool includes = false;
  for (const auto& line : text.lines()) {
    const auto words = text::words(line.text);
    if (words[0] == "vrrp_script" && words.size() > 1) scripts.emplace(words[1]);
    includes = includes || words[0] == "include";
  }
  bool tracked = false;
  for (const auto& line : text.lines()) {
    const auto words = text::words(line.text);
    if (tracked && words[0] == "}") tracked = false;
    if (tracked && !includes && !scripts.contains(words[0]))
      tell_undefined(survey, text.place(line, words[0]), "keepalived",
                     "there is no vrrp_script " + std::string(words[0]) +
                         ": keepalived tracks nothing, and keeps the address whatever happens",
                     text::nearest(words[0], scripts));
    if (words[0] == "track_script") tracked = true;
    if (!words[0].starts_with("notify") || words.size() < 2) continue;
    const auto value = value_of(line.text, words[0]);
    const auto program = value.substr(0, value.find(' '));
    if (program.starts_with('/'))
      run_program(survey, "keepalived", text.place(line, program), program);
  }
  for (const auto& line : text.lines())
    if (const auto command = value_of(line.text, "script"); !command.empty())
      watch_command(survey, "keepalived", text, line, command);
}

void zabbix(Survey& survey) {
  for (const std::string pattern :
       {"/etc/zabbix/zabbix_agentd.conf", "/etc/zabbix/zabbix_agent2.conf",
        "/etc/zabbix/zabbix_agentd*.d/*.conf", "/etc/zabbix/zabbix_agent2.d/*.conf"})
    for (const auto& path : files(survey, pattern)) {
      const AgentText text(survey, path);
      for (const auto& line : text.lines()) {
        for (const std::string_view key : {"TLSPSKFile", "TLSCAFile", "TLSCertFile", "TLSKeyFile"})
          if (const auto file = value_of(line.text, key); !file.empty())
            look_for_file(survey, "zabbix", text.place(line, file), file, file,
                          "zabbix_agentd does not start");
        if (const auto log = value_of(line.text, "LogFile"); log.starts_with('/')) {
          const std::string folder(tree::dirname(log));
          if (survey.state_of(folder, "directory") == "missing" && !is_made_at_run_time(folder))
            tell_idle(survey, text.place(line, log), "zabbix",
                      "zabbix_agentd does not start: there is no directory " + folder,
                      "create it for the account of the agent");
        }
        if (line.text.starts_with("UserParameter="))
          watch_command(survey, "zabbix", text, line, line.text.substr(line.text.find(',') + 1));
      }
    }
}

void collectd(Survey& survey) {
  for (const std::string pattern :
       {"/etc/collectd/collectd.conf", "/etc/collectd.conf", "/etc/collectd/collectd.conf.d/*.conf",
        "/etc/collectd.d/*.conf"})
    for (const auto& path : files(survey, pattern)) {
      const AgentText text(survey, path);
      std::string_view plugin;
      for (const auto& line : text.lines()) {
        if (line.text.starts_with("<Plugin")) plugin = line.text;
        if (line.text.starts_with("</Plugin")) plugin = {};
        const auto process = value_of(line.text, "Process");
        if (plugin.find("processes") != plugin.npos && !process.empty())
          watch_process(survey, "collectd", text.place(line, process), process);
        if (plugin.find("tail") == plugin.npos) continue;
        if (const auto file = value_of(line.text, "<File"); file.starts_with("/var/log/"))
          if (!service_in(file).empty())
            watch_log(survey, "collectd", text.place(line, file), file);
      }
    }
}

// A collector or a module of it that is switched off, beside its own jobs for a server.
void netdata(Survey& survey) {
  const auto jobs = [&](std::string_view module) {
    return survey.state_of("/etc/netdata/go.d/" + std::string(module) + ".conf", "file") == "found";
  };
  const bool any = jobs("nginx") || jobs("apache") || jobs("phpfpm") || jobs("mysql") ||
                   jobs("web_log") || jobs("httpcheck") || jobs("portcheck");
  const AgentText main(survey, "/etc/netdata/netdata.conf");
  for (const auto& line : main.lines())
    if (value_of(line.text, "go.d") == "no" && any)
      tell_idle(survey, main.place(line, line.text), "netdata",
                "go.d = no: none of the jobs below /etc/netdata/go.d runs", "write go.d = yes");
  const AgentText modules(survey, "/etc/netdata/go.d.conf");
  for (const auto& line : modules.lines())
    for (const std::string_view module :
         {"nginx", "apache", "phpfpm", "mysql", "web_log", "httpcheck", "portcheck", "x509check"})
      if ((value_of(line.text, module) == "no" || value_of(line.text, module) == "false") &&
          jobs(module))
        tell_idle(
            survey, modules.place(line, line.text), "netdata",
            std::string(module) + ": no: the jobs of " + std::string(module) + ".conf never run",
            "write yes");
  for (const auto& path : files(survey, "/etc/netdata/health.d/*.conf")) {
    const AgentText alarms(survey, path);
    for (const auto& line : alarms.lines())
      if (value_of(line.text, "to") == "silent")
        tell_idle(survey, alarms.place(line, line.text), "netdata",
                  "to: silent: nobody is told of this alarm", "name a role: to: webmaster");
  }
}

// env.url with "%d" is asked on each of env.ports.
void munin(Survey& survey) {
  for (const auto& path : files(survey, "/etc/munin/plugin-conf.d/*")) {
    const AgentText text(survey, path);
    std::string url;
    for (const auto& line : text.lines()) {
      if (line.text.starts_with('[')) url.clear();
      if (const auto value = value_of(line.text, "env.url"); value.find("%d") != value.npos)
        url = value;
      const auto ports = value_of(line.text, "env.ports");
      for (const auto port : text::words(ports)) {
        const auto at = url.find("%d");
        if (at == std::string::npos || !port_number(port)) continue;
        auto asked = url;
        asked.replace(at, 2, port);
        for (const auto& probe : probes_in(asked))
          add_probe(survey, "munin", probe, url, text.place(line, port));
      }
    }
  }
}

// A jail that is on needs the filter of its name, or the one that it names.
void fail2ban(Survey& survey) {
  if (survey.state_of("/etc/fail2ban/filter.d", "directory") != "found") return;
  Names filters;
  for (const auto& path : files(survey, "/etc/fail2ban/filter.d/*.*")) {
    const auto name = tree::basename(path);
    filters.emplace(name.substr(0, name.rfind('.')));
  }
  for (const std::string pattern : {"/etc/fail2ban/jail.local", "/etc/fail2ban/jail.d/*"})
    for (const auto& path : files(survey, pattern)) {
      const AgentText text(survey, path);
      const AgentLine* where = nullptr;
      std::string_view name, written;
      bool on = false;
      const auto close = [&] {
        if (!on || where == nullptr || filters.contains(name) || name.find('%') != name.npos)
          return;
        tell_undefined(survey, text.place(*where, written), "fail2ban",
                       "fail2ban does not start the jail: no filter is called " + std::string(name),
                       text::nearest(name, filters));
      };
      for (const auto& line : text.lines()) {
        if (line.text.starts_with('[')) {
          close();
          name = written = line.text.substr(1, line.text.find(']') - 1);
          where = name == "DEFAULT" || name == "INCLUDES" ? nullptr : &line;
          on = false;
        } else if (value_of(line.text, "enabled") == "true") {
          on = true;
        } else if (const auto filter = value_of(line.text, "filter"); !filter.empty() && where) {
          name = written = filter.substr(0, filter.find('['));
          where = &line;
        }
      }
      close();
    }
}

void logcheck(Survey& survey) {
  for (const std::string pattern :
       {"/etc/logcheck/logcheck.logfiles", "/etc/logcheck/logcheck.logfiles.d/*.logfiles"})
    for (const auto& path : files(survey, pattern)) {
      const AgentText text(survey, path);
      for (const auto& line : text.lines())
        if (line.text.starts_with("/var/log/") && !service_in(line.text).empty())
          watch_log(survey, "logcheck", text.place(line, line.text), line.text);
    }
}

// Files and directories that the options of exporters name.
void exporters(Survey& survey) {
  static constexpr std::array<std::string_view, 4> kOptions{
      "config.my-cnf=", "collector.textfile.directory=", "web.config.file=", "web.config="};
  for (const std::string pattern : {"/etc/default/*exporter*", "/etc/systemd/system/*exporter*",
                                    "/etc/systemd/system/*exporter*.d/*.conf"})
    for (const auto& path : files(survey, pattern)) {
      const AgentText text(survey, path);
      for (const auto& line : text.lines())
        for (const auto option : kOptions) {
          const auto at = line.text.find(option);
          if (at == line.text.npos) continue;
          auto name = line.text.substr(at + option.size());
          name = name.substr(0, name.find_first_of(" \t\"'\\"));
          look_for_file(survey, "exporter", text.place(line, name), name, name,
                        "the exporter has nothing to show");
        }
    }
}

}  // namespace

void read_small_agents(Survey& survey) {
  keepalived(survey);
  zabbix(survey);
  collectd(survey);
  netdata(survey);
  munin(survey);
  fail2ban(survey);
  logcheck(survey);
  exporters(survey);
}

}  // namespace stackaudit::stack

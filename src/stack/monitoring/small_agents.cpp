// Each agent is a function over the lines of its files; keepalived.conf(5), zabbix_agentd.conf,
// collectd.conf(5), netdata.conf, munin-node.conf(5), jail.conf(5), logcheck(8).
#include "stack/monitoring/small_agents.hpp"

#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/commands.hpp"
#include "stack/monitoring/netdata.hpp"
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

// What stands in the block that a line of keepalived opens: "track_script {" and lines up to "}",
// or "track_script { NAME }".
struct Block {
  bool open = false;

  [[nodiscard]] std::vector<std::string_view> names(std::string_view line, std::string_view key) {
    const auto words = text::words(line);
    if (words[0] == key) {
      open = words.back() != "}";
      const bool inside = words.size() > 3 && words[1] == "{" && !open;
      return inside ? std::vector{words[2]} : std::vector<std::string_view>{};
    }
    if (words[0] == "}") open = false;
    return open && words[0] != "{" ? std::vector{words[0]} : std::vector<std::string_view>{};
  }
};

// vrrp_script NAME { } and vrrp_track_process NAME { }; the blocks track_script and track_process
// that name them.
void keepalived_names(Survey& survey, const AgentText& text) {
  struct Kind {
    std::string_view definition, use;
    Names names;
    Block block;
  };
  std::array kinds{Kind{"vrrp_script", "track_script", {}, {}},
                   Kind{"vrrp_track_process", "track_process", {}, {}}};
  for (const auto& line : text.lines()) {
    const auto words = text::words(line.text);
    if (words[0] == "include") return;
    for (auto& kind : kinds)
      if (words[0] == kind.definition && words.size() > 1) kind.names.emplace(words[1]);
  }
  for (const auto& line : text.lines())
    for (auto& kind : kinds)
      for (const auto name : kind.block.names(line.text, kind.use))
        if (!kind.names.contains(name))
          tell_undefined(survey, text.place(line, name), "keepalived",
                         "there is no " + std::string(kind.definition) + " " + std::string(name) +
                             ": keepalived tracks nothing, and keeps the address whatever happens",
                         text::nearest(name, kind.names));
}

// notify_master "/path", script "/path"; process NAME of a vrrp_track_process.
void keepalived(Survey& survey) {
  const AgentText text(survey, "/etc/keepalived/keepalived.conf");
  keepalived_names(survey, text);
  bool process_block = false;
  for (const auto& line : text.lines()) {
    const auto words = text::words(line.text);
    if (words[0] == "vrrp_track_process") process_block = true;
    if (words[0] == "}") process_block = false;
    if (const auto name = value_of(line.text, "process");
        process_block && name.find_first_of("/: ") == name.npos && !name.empty())
      watch_process(survey, "keepalived", text.place(line, name), name);
    if (const auto command = value_of(line.text, "script"); !command.empty())
      watch_command(survey, "keepalived", text, line, command);
    if (!words[0].starts_with("notify") || words.size() < 2) continue;
    const auto value = value_of(line.text, words[0]);
    const auto program = value.substr(0, value.find(' '));
    if (program.starts_with('/'))
      run_program(survey, "keepalived", text.place(line, program), program);
  }
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

// collectd passes over <Plugin x> of a plugin that no LoadPlugin names.
class CollectdPlugins {
 public:
  void read(const AgentLine& line, const AgentText& text) {
    const auto lower = text::lower(line.text);
    const auto value = [&](std::string_view key) { return value_of(lower, key); };
    auto loaded = value("loadplugin");
    if (loaded.empty()) loaded = value("<loadplugin");
    if (!loaded.empty()) loaded_.insert(name(loaded));
    automatic_ = automatic_ || value("autoloadplugin") == "true" || elsewhere(line.text);
    if (const auto plugin = value("<plugin"); !plugin.empty())
      blocks_.emplace_back(name(plugin), text.place(line, line.text));
  }

  void judge(Survey& survey) const {
    if (automatic_) return;
    for (const auto& [plugin, place] : blocks_)
      if (!service_in(plugin).empty() && !loaded_.contains(plugin))
        tell_idle(survey, place, "collectd",
                  "no LoadPlugin " + plugin + ": the settings of the plugin are not used",
                  "write LoadPlugin " + plugin);
  }

 private:
  // Files that are not read here may load anything.
  static bool elsewhere(std::string_view line) {
    auto included = value_of(line, "Include");
    if (included.empty()) included = value_of(line, "<Include");
    return !included.empty() && !tree::is_within(included, "/etc/collectd/collectd.conf.d") &&
           !tree::is_within(included, "/etc/collectd.d");
  }

  static std::string name(std::string_view written) {
    return std::string(written.substr(0, written.find_first_of(" \t\">")));
  }

  Names loaded_;
  bool automatic_ = false;
  std::vector<std::pair<std::string, facts::Place>> blocks_;
};

void collectd(Survey& survey) {
  CollectdPlugins plugins;
  for (const std::string pattern :
       {"/etc/collectd/collectd.conf", "/etc/collectd.conf", "/etc/collectd/collectd.conf.d/*.conf",
        "/etc/collectd.d/*.conf"})
    for (const auto& path : files(survey, pattern)) {
      const AgentText text(survey, path);
      std::string_view plugin;
      for (const auto& line : text.lines()) {
        plugins.read(line, text);
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
  plugins.judge(survey);
}

// env.url with "%d" is asked on each of env.ports; a plugin is a link to what a package brought.
void munin(Survey& survey) {
  for (const auto& path : files(survey, "/etc/munin/plugins/*"))
    if (!service_in(tree::basename(path)).empty())
      look_for_file(survey, "munin", Survey::whole_file(path), path, path,
                    "munin-node does not run the plugin");
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
  read_netdata_switches(survey);
  munin(survey);
  fail2ban(survey);
  logcheck(survey);
  exporters(survey);
}

}  // namespace stackaudit::stack

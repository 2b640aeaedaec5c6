// What is watched follows from the words around an address: the section or plugin, the key, the
// path of the URL, at last the name of the file.
#include "stack/monitoring/agents.hpp"

#include "stack/monitoring/agent_table.hpp"
#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/host_header.hpp"
#include "stack/monitoring/identity.hpp"
#include "stack/monitoring/netdata.hpp"
#include "stack/monitoring/probes.hpp"
#include "stack/monitoring/watch.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

namespace stackaudit::stack {
namespace {

// Most of what they name is where they listen, or where they send to.
constexpr std::array<std::string_view, 5> kCollectors{"newrelic", "opentelemetry", "grafana-agent",
                                                      "vector", "alloy"};

// They look at processes and run programs, and ask no address.
constexpr std::array<std::string_view, 3> kProgramsOnly{"keepalived", "snmpd", "process-exporter"};

// Plugins and exporters that ask a page of their own choice where nothing is said.
struct Unsaid {
  std::string_view agent, present, option, url, target;
};
constexpr std::array kUnsaid{
    Unsaid{"exporter", "/usr/lib/systemd/system/prometheus-apache-exporter.service", "scrape_uri",
           "http://localhost/server-status/?auto", "apache"},
    Unsaid{"exporter", "/usr/lib/systemd/system/prometheus-nginx-exporter.service", "scrape-uri",
           "http://127.0.0.1:8080/stub_status", "nginx"},
    Unsaid{"exporter", "/etc/systemd/system/*apache*exporter*.service", "scrape_uri",
           "http://localhost/server-status/?auto", "apache"},
    Unsaid{"exporter", "/etc/systemd/system/*nginx*exporter*.service", "scrape-uri",
           "http://127.0.0.1:8080/stub_status", "nginx"},
    Unsaid{"munin", "/etc/munin/plugins/apache_*", "env.url",
           "http://127.0.0.1:80/server-status?auto", "apache"},
    Unsaid{"munin", "/etc/munin/plugins/nginx_*", "env.url", "http://localhost/nginx_status",
           "nginx"}};

// Without a comment that takes the line's end; '#' in a URL is part of it.
std::string_view without_comment(std::string_view line) {
  const auto text = text::trimmed(line);
  if (text.empty() || text[0] == '#' || text[0] == ';' || text.starts_with("//")) return {};
  return line.substr(0, std::min(line.find(" #"), line.size()));
}

class AgentFile {
 public:
  AgentFile(Survey& survey, const Agent& agent, std::string path)
      : survey_(survey), agent_(agent), path_(std::move(path)) {}

  void read() {
    const auto file = survey_.load(path_, "monitor");
    if (!file) return;
    survey_.note_file(path_, agent_.name, "agent");
    file_ = *file;
    if (const auto who = agent_identity(survey_, agent_.name))
      survey_.open({std::string(agent_.name), std::string(agent_.name) + " agent", *who},
                   {tree::Operation::read, path_, Survey::whole_file(path_), "configuration",
                    "start", "the agent does not read this file", true});
    const std::string_view content = survey_.sources.content(file_);
    for (std::size_t at = 0; at < content.size();) {
      const auto end = std::min(content.find('\n', at), content.size());
      offset_ = at;
      line(without_comment(content.substr(at, end - at)));
      at = end + 1;
    }
  }

  void add(const Probe& probe, const std::string& context, const facts::Place& place) {
    const bool at_status = probe.path.find("status") != std::string::npos;
    auto target = agent_.name == "telegraf" ? service_in(section_) : std::string{};  // its plugin
    if (target.empty()) target = service_in(probe.path);
    if (target.empty() && probe.scheme == "unix") target = service_in(probe.socket);
    const bool said = !target.empty();
    if (target.empty()) target = service_in(context);
    if (target.empty() && agent_.by_file) target = service_in(path_);
    if (target.empty()) target = service_in(section_);
    // Monit's http test takes any page; the others' plugins read the status page.
    const bool any_page = agent_.name == "monit";
    const bool plugin = agent_.by_file || service_in(section_) == target || (said && at_status);
    add_monitor(survey_, agent_.name, target, place, probe.text);
    facts::Dial row;
    static_cast<facts::Place&>(row) = place;
    row.service = agent_.name;
    row.purpose = "check";
    row.as_written = probe.text;
    row.scheme = probe.scheme;
    row.host = probe.name.empty() ? probe.host : probe.name;
    row.port = probe.port;
    row.url_path = probe.path;
    const bool http = probe.scheme.starts_with("http");
    const bool direct = target == "php-fpm" && !http;
    if ((http && (at_status || (plugin && !any_page)) &&
         (target == "apache" || target == "nginx")) ||
        direct || (target == "mariadb" && !http && probe.path.empty())) {
      row.expects = target;
      if (target != "mariadb") row.purpose = "status-url";
    }
    if (target == "php-fpm" && http && at_status) row.purpose = "status-url";
    locate(row, probe);
    survey_.facts.add(std::move(row));
  }

 private:
  void locate(facts::Dial& row, const Probe& probe) const {
    if (!probe.socket.empty()) {
      row.family = "unix";
      row.socket = canonical_socket(survey_.tree, probe.socket);
      row.local = true;
      return;
    }
    const auto addresses = addresses_of(survey_.tree, probe.host);
    if (addresses.empty()) return;
    row.family = addresses[0].family;
    row.address = addresses[0].numeric;
    row.local = is_loopback(addresses[0]);
  }

  [[nodiscard]] facts::Place place(std::size_t begin, std::size_t end) const {
    return survey_.place({file_, static_cast<std::uint32_t>(offset_ + begin),
                          static_cast<std::uint32_t>(offset_ + end)});
  }

  [[nodiscard]] facts::Place place_of(std::string_view line, std::string_view part) const {
    const auto begin = static_cast<std::size_t>(part.data() - line.data());
    return place(begin, begin + part.size());
  }

  void enter(std::string_view text) {
    if (text.starts_with("[") || text.starts_with("<Plugin") || text.starts_with("- job_name:") ||
        text.starts_with("check ") || text.starts_with("define ") || text.starts_with("object "))
      section_ = text;
    if (text.starts_with("</Plugin")) section_.clear();
    if (!is_collector()) return;
    // The blocks at the top of Alloy's file have a dot in their names.
    const auto head = text.substr(0, std::min(text.find_first_of(" \"{="), text.size()));
    const bool named = agent_.name == "alloy"
                           ? text.find('{') != text.npos && head.find('.') != head.npos
                           : text.ends_with(':') || text.starts_with("- ") || text.starts_with('[');
    if (named) section_ = text;
    off_ = text == "enabled: false" || (off_ && !named);
  }

  [[nodiscard]] bool is_collector() const {
    return std::ranges::find(kCollectors, agent_.name) != kCollectors.end();
  }

  void line(std::string_view line) {
    const auto text = text::trimmed(line);
    if (text.empty()) return;
    enter(text);
    if (off_) return;
    watched(line, text);
    if (!asks(text) || from_environment(line)) return;
    for (auto& probe : probes_in(line)) {
      if (mine(probe)) continue;
      if (probe.name.empty() && probe.scheme.starts_with("http")) probe.name = header(line);
      if (agent_.name == "netdata" && probe.path.empty() && !probe.scheme.starts_with("http") &&
          service_in(path_) == "php-fpm")
        probe.path = netdata_fcgi_path(survey_.sources.content(file_), offset_);
      add(probe, std::string(line.substr(0, probe.begin)), place(probe.begin, probe.end));
    }
  }

  // Telegraf puts in what its unit's environment has, of a file of assignments: ${NAME}.
  bool from_environment(std::string_view line) {
    const auto begin = line.find('$');
    if (agent_.name != "telegraf" || begin == line.npos) return false;
    auto name = line.substr(begin + 1);
    const bool braces = name.starts_with('{');
    name = name.substr(braces ? 1 : 0);
    name = name.substr(0, braces ? name.find('}') : name.find_first_of(" \t\"',/:]"));
    const auto value = assigned(survey_.tree, "/etc/default/telegraf", name);
    if (value.empty()) return false;
    const auto end = begin + 1 + name.size() + (braces ? 2 : 0);
    const auto whole = std::string(line.substr(0, begin)) + value +
                       std::string(line.substr(std::min(end, line.size())));
    for (auto& probe : probes_in(whole)) {
      if (mine(probe)) continue;
      probe.name = header(line);
      add(probe, std::string(line.substr(0, begin)), place(begin, end));
    }
    return true;
  }

  // Of agents whose checks set headers of a request in a manner of their own.
  [[nodiscard]] std::string header(std::string_view line) const {
    const bool fetches = line.find("curl") != line.npos || line.find("wget") != line.npos;
    if (!fetches && agent_.name != "telegraf" && agent_.name != "monit") return {};
    const std::string_view content = survey_.sources.content(file_);
    return host_header(text_of_check(agent_.name, content, offset_));
  }

  // Lines of cron and heartbeat that fetch something; agents that look at programs ask nobody.
  [[nodiscard]] bool asks(std::string_view text) const {
    const auto has = [&](std::string_view word) { return text.find(word) != text.npos; };
    if (agent_.name == "cron") return (has("curl ") || has("wget ")) && !has("wp-cron");
    if (agent_.name == "heartbeat") return has("url");
    if (text.starts_with("Documentation=") || text.starts_with("Description=")) return false;
    return std::ranges::find(kProgramsOnly, agent_.name) == kProgramsOnly.end();
  }

  // The agent's own addresses: where it listens and where it sends what it finds.
  [[nodiscard]] bool mine(const Probe& probe) const {
    const auto own = [&](std::string_view word) {
      return section_.find(word) != std::string::npos;
    };
    if (is_collector())
      return own("sink") || (own("export") && agent_.name != "alloy") ||
             (agent_.name == "alloy" && !section_.starts_with("prometheus.exporter.")) ||
             !probe.scheme.starts_with("http") ||
             (service_in(section_).empty() && (!agent_.by_file || service_in(path_).empty()));
    if (agent_.name == "telegraf" && (own("outputs.") || own("[agent]"))) return true;
    if (agent_.name == "collectd" && (own("write_") || own("network"))) return true;
    if (agent_.name == "prometheus" && probe.scheme == "tcp")
      return probe.port == 9090 || probe.port == 9093 || probe.port == 9100;
    if (agent_.name == "monit" && of_another_machine()) return true;
    if (agent_.name == "zabbix" || agent_.name == "monit")
      return probe.scheme == "tcp" && probe.port && (*probe.port == 10050 || *probe.port == 10051);
    return agent_.name == "exporter" && probe.scheme == "tcp" && service_in(path_) != "php-fpm" &&
           service_in(path_) != "mariadb";
  }

  // check host NAME with address ADDRESS
  [[nodiscard]] bool of_another_machine() const {
    constexpr std::string_view kWord = "address ";
    const auto at = section_.find(kWord);
    if (!section_.starts_with("check host") || at == std::string::npos) return false;
    auto host = section_.substr(at + kWord.size());
    host = host.substr(0, host.find_first_of(" \t\r"));
    std::erase_if(host, [](char c) { return c == '"' || c == '\''; });
    const auto addresses = addresses_of(survey_.tree, host);
    return addresses.empty() || !is_loopback(addresses[0]);
  }

  void watched(std::string_view line, std::string_view text) {
    const auto value_after = [&](std::string_view word) -> std::string_view {
      const auto at = text.find(word);
      if (at == std::string_view::npos) return {};
      auto rest = text.substr(at + word.size());
      const auto begin = rest.find_first_not_of(" \t=\"'");
      if (begin == std::string_view::npos) return {};
      rest.remove_prefix(begin);
      return rest.substr(0, rest.find_first_of(" \t\"',)"));
    };
    for (const std::string_view word : {"pidfile ", "pid_file "})
      if (const auto path = value_after(word); path.starts_with('/'))
        watch_pid_file(survey_, agent_.name, place_of(line, path), path, section_);
    if (agent_.name == "telegraf" && section_.find("procstat") != std::string::npos &&
        text.starts_with("exe"))
      if (const auto name = value_after("exe"); !name.empty())
        watch_matching(survey_, agent_.name, place_of(line, name), name, name);  // as pgrep does
    if (text.find("check_procs") != std::string_view::npos)
      if (const auto name = value_after(" -C "); !name.empty())
        watch_process(survey_, agent_.name, place_of(line, name), name);
    names(line, text);
    command(line, text);
  }

  // Names of processes and units that stand alone, or in a list.
  void names(std::string_view line, std::string_view text) {
    const auto each = [&](std::string_view list, std::string_view breaks, auto watch) {
      for (const auto name : text::words(list, breaks))
        watch(survey_, agent_.name, place_of(line, name), name);
    };
    const auto after = [&](std::string_view word) {
      const auto at = text.find(word);
      return at == text.npos ? std::string_view{} : text.substr(at + word.size());
    };
    if (agent_.name == "snmpd" && text.starts_with("proc "))
      each(text.substr(5, text.find(' ', 5) - 5), " \t", watch_process);
    if (agent_.name == "process-exporter" && text.starts_with("- ") &&
        text.find_first_of(":/{", 2) == text.npos)
      each(text.substr(2), " \"'", watch_process);
    if (agent_.name == "telegraf" && section_.find("systemd_units") != std::string::npos &&
        text.starts_with("pattern"))
      each(after("="), " \"'", watch_unit);
    if (agent_.name == "exporter")
      for (const std::string_view word : {"unit-include=", "unit-whitelist="})
        each(after(word).substr(0, after(word).find_first_of(" \"'")), "()|^$\\.\"'", watch_unit);
    if (const auto pattern = after("matching \""); agent_.name == "monit" && !pattern.empty())
      watch_matching(survey_, agent_.name, place_of(line, pattern.substr(0, pattern.find('"'))),
                     pattern.substr(0, pattern.find('"')), section_);
  }

  // command[x]=/path/plugin, UserParameter=key,sudo /path/script, start program = "/path"
  void command(std::string_view line, std::string_view text) {
    std::size_t at = std::string_view::npos;
    if (text.starts_with("command[")) at = text.find('=');
    if (text.starts_with("UserParameter=")) at = text.find(',');
    if (agent_.name == "keepalived" && text.starts_with("script ")) at = 6;
    if (text.starts_with("start program") || text.starts_with("stop program")) at = text.find('=');
    if (at == std::string_view::npos) return;
    auto rest = text.substr(at + 1);
    const auto begin = rest.find('/');
    if (begin == std::string_view::npos) return;
    const auto before = text::trimmed(rest.substr(0, begin));
    if (!before.empty() && before != "\"" && before != "sudo" && before != "sudo -n") return;
    rest.remove_prefix(begin);
    const auto path = rest.substr(0, rest.find_first_of(" \t\"'|;>&"));
    if (path.find('$') == std::string_view::npos)
      run_program(survey_, agent_.name, place_of(line, path), path);
  }

  Survey& survey_;
  Agent agent_;
  std::string path_;
  text::FileId file_{};
  std::size_t offset_ = 0;
  std::string section_;
  bool off_ = false;
};

// --nginx.scrape-uri, --scrape_uri and SCRAPE_URI= are one.
std::string alike(std::string_view text) {
  auto result = stackaudit::text::lower(text);
  std::ranges::replace(result, '-', '_');
  return result;
}

// Whether a file says, outside of comments, which page is asked, and speaks of no other service.
bool says(const Survey& survey, const Unsaid& unsaid) {
  const auto option = alike(unsaid.option);
  for (const auto& known : kAgents) {
    if (known.name != unsaid.agent) continue;
    for (const auto& path : tree::glob(survey.tree, known.files).paths) {
      const auto service = known.by_file ? service_in(path) : std::string{};
      const auto content = tree::read_file(survey.tree, path, 1U << 20U);
      if (!content || (!service.empty() && service != unsaid.target)) continue;
      std::istringstream lines(*content);
      for (std::string line; std::getline(lines, line);)
        if (!text::trimmed(line).starts_with('#') && alike(line).find(option) != std::string::npos)
          return true;
    }
  }
  return false;
}

void add_unsaid(Survey& survey) {
  std::set<std::string_view> done;
  for (const auto& unsaid : kUnsaid) {
    const auto present = tree::glob(survey.tree, unsaid.present, 1).paths;
    if (present.empty() || says(survey, unsaid) || !done.insert(unsaid.url).second) continue;
    const auto url = parse_url(unsaid.url);
    Probe probe;
    probe.text = unsaid.url;
    probe.scheme = url.scheme;
    probe.host = url.host;
    probe.port = url.port;
    probe.path = url.path;
    AgentFile(survey, Agent{unsaid.agent, "", true}, present.front())
        .add(probe, std::string(unsaid.target), Survey::whole_file(present.front()));
  }
}

}  // namespace

void read_agent_file(Survey& survey, std::string_view agent, const std::string& path) {
  AgentFile(survey, Agent{agent, ""}, path).read();
}

void add_probe(Survey& survey, std::string_view agent, const Probe& probe,
               const std::string& context, const facts::Place& place) {
  AgentFile(survey, Agent{agent, ""}, place.path).add(probe, context, place);
}

void read_line_agents(Survey& survey) {
  std::set<std::string> read;
  for (const auto& agent : kAgents)
    for (const auto& path : tree::glob(survey.tree, agent.files).paths)
      if (survey.state_of(path, "file") == "found" && !path.ends_with('~') &&
          (agent.name != "netdata" || netdata_asks_ours(survey, path)) && read.insert(path).second)
        AgentFile(survey, agent, path).read();
  add_unsaid(survey);
}

}  // namespace stackaudit::stack

// Telegraf: what keeps it from starting ("undefined but requested input: ngnix", "no outputs
// found, did you provide a valid config file?"), programs and certificates that it is told to look
// at, and the directory that its unit does not name.
#include "stack/monitoring/telegraf.hpp"

#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/watch.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kTelegraf = "telegraf";
constexpr std::string_view kMain = "/etc/telegraf/telegraf.conf";
constexpr std::string_view kDirectory = "/etc/telegraf/telegraf.d";
constexpr std::string_view kNoStart = "telegraf does not start: ";

// Inputs by which servers of this kind are watched; there are two hundred others.
constexpr std::array<std::string_view, 34> kInputs{
    "apache",    "nginx",  "phpfpm", "mysql",      "procstat",      "http_response", "net_response",
    "x509_cert", "exec",   "execd",  "tail",       "systemd_units", "cpu",           "disk",
    "diskio",    "kernel", "mem",    "processes",  "swap",          "system",        "net",
    "netstat",   "ping",   "http",   "haproxy",    "redis",         "memcached",     "prometheus",
    "filestat",  "file",   "docker", "postgresql", "influxdb",      "varnish"};

// The words between quotes behind "=": of one value or of a list on one line.
std::vector<std::string_view> strings(std::string_view text) {
  std::vector<std::string_view> found;
  auto rest = text.substr(std::min(text.find('='), text.size()));
  for (auto begin = rest.find_first_of("\"'"); begin != rest.npos;
       begin = rest.find_first_of("\"'")) {
    const auto end = rest.find(rest[begin], begin + 1);
    if (end == rest.npos) break;
    found.push_back(rest.substr(begin + 1, end - begin - 1));
    rest.remove_prefix(end + 1);
  }
  return found;
}

class Telegraf {
 public:
  explicit Telegraf(Survey& survey) : survey_(survey) {}

  void run() {
    if (survey_.state_of(kMain, "file") != "found") return;
    const auto parts = tree::glob(survey_.tree, std::string(kDirectory) + "/*.conf").paths;
    file(std::string(kMain));
    for (const auto& path : parts) file(path);
    const auto said = unit();
    if (inputs_ && !outputs_ && !names_further(said))
      tell_idle(survey_, Survey::whole_file(kMain), kTelegraf,
                std::string(kNoStart) + "no outputs found",
                "add the section [[outputs.x]] of where the values are to go");
    directory(parts, said);
  }

 private:
  void file(const std::string& path) {
    const AgentText text(survey_, path);
    std::string_view section;
    bool block = false;  // inside of """ or '''
    for (const auto& line : text.lines()) {
      const bool fence =
          line.text.find("\"\"\"") != line.text.npos || line.text.find("'''") != line.text.npos;
      if (fence) block = !block;
      if (fence || block) continue;
      if (line.text.starts_with('[')) {
        section = line.text;
        begin(text, line);
      } else {
        setting(text, line, section);
      }
    }
  }

  void begin(const AgentText& text, const AgentLine& line) {
    outputs_ = outputs_ || line.text.starts_with("[[outputs.");
    constexpr std::string_view kInput = "[[inputs.";
    if (!line.text.starts_with(kInput)) return;
    inputs_ = true;
    const auto name = line.text.substr(kInput.size(), line.text.find(']') - kInput.size());
    if (std::ranges::find(kInputs, name) != kInputs.end() || name.size() < 4) return;
    const auto near = text::nearest(name, kInputs);
    if (near && text::edit_distance(name, *near, 2) <= 2 && near->size() > 4)
      tell_undefined(survey_, text.place(line, name), kTelegraf,
                     std::string(kNoStart) + "undefined but requested input: " + std::string(name),
                     near);
  }

  void setting(const AgentText& text, const AgentLine& line, std::string_view section) {
    const auto quotes = std::ranges::count(line.text, '"');
    if (quotes % 2 == 1 && line.text.find_first_of("'\\#") == line.text.npos)
      return tell_idle(survey_, text.place(line, line.text), kTelegraf,
                       std::string(kNoStart) + "the string has no end: " + std::string(line.text),
                       "close the quotes");
    const auto in = [&](std::string_view plugin) { return section.find(plugin) != section.npos; };
    if (in("inputs.exec") && line.text.starts_with("command"))
      for (const auto command : strings(line.text)) {
        const auto program = command.substr(0, command.find(' '));
        if (program.starts_with('/'))
          run_program(survey_, kTelegraf, text.place(line, program), program);
      }
    if (in("inputs.x509_cert") && line.text.starts_with("sources"))
      for (const auto source : strings(line.text)) {
        const auto path = source.starts_with("file://") ? source.substr(7) : source;
        look_for_file(survey_, kTelegraf, text.place(line, source), source, path,
                      "nobody sees the certificate expire");
      }
  }

  // Further files or addresses that the unit names.
  static bool names_further(std::string_view said) {
    return said.find("--config http") != said.npos || said.find("-config http") != said.npos ||
           said.find("config-directory") != said.npos;
  }

  [[nodiscard]] std::string unit() const {
    auto paths = tree::glob(survey_.tree, "/etc/systemd/system/telegraf.service.d/*.conf").paths;
    paths.insert(paths.end(), {"/usr/lib/systemd/system/telegraf.service",
                               "/etc/systemd/system/telegraf.service", "/etc/default/telegraf"});
    std::string said;
    for (const auto& path : paths)
      if (const auto content = tree::read_file(survey_.tree, path, 64U << 10U)) said += *content;
    return said;
  }

  void directory(const std::vector<std::string>& parts, std::string_view said) {
    if (parts.empty() || said.find("ExecStart=") == said.npos ||
        said.find("config-directory") != said.npos)
      return;
    tell_idle(
        survey_, Survey::whole_file(parts.front()), kTelegraf,
        "telegraf.service names no -config-directory: " + std::string(kDirectory) + " is not read",
        "start it with -config-directory " + std::string(kDirectory));
  }

  Survey& survey_;
  bool inputs_ = false, outputs_ = false;
};

}  // namespace

void read_telegraf(Survey& survey) {
  Telegraf(survey).run();
}

}  // namespace stackaudit::stack

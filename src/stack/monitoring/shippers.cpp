// What they follow stands as an absolute path on a line, whatever the format; what else has a path
// (positions, registries, sockets) lies elsewhere than below /var/log.
#include "stack/monitoring/shippers.hpp"

#include "stack/monitoring/identity.hpp"
#include "stack/monitoring/watch.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace stackaudit::stack {
namespace {

struct Shipper {
  std::string_view agent, files;
  std::string_view block;  // begins an input, which `enabled: false` switches off; empty: none
  std::string_view key{};  // what stands before the path; empty: anything
};
constexpr std::array kShippers{
    Shipper{"filebeat", "/etc/filebeat/filebeat.yml", "- type:"},
    Shipper{"filebeat", "/etc/filebeat/inputs.d/*.yml", "- type:"},
    Shipper{"filebeat", "/etc/filebeat/modules.d/*.yml", "  "},
    Shipper{"promtail", "/etc/promtail/*.y*ml", ""},
    Shipper{"promtail", "/etc/loki/promtail*.y*ml", ""},
    Shipper{"fluent-bit", "/etc/fluent-bit/*.conf", ""},
    Shipper{"fluent-bit", "/etc/fluent-bit/conf.d/*.conf", ""},
    Shipper{"fluentd", "/etc/td-agent/td-agent.conf", ""},
    Shipper{"fluentd", "/etc/fluent/fluentd.conf", ""},
    Shipper{"vector", "/etc/vector/*.toml", ""},
    Shipper{"vector", "/etc/vector/*.y*ml", ""},
    Shipper{"alloy", "/etc/alloy/*.alloy", ""},
    Shipper{"netdata", "/etc/netdata/go.d/web_log.conf", "- name:"},
    Shipper{"telegraf", "/etc/telegraf/telegraf.conf", "[["},
    Shipper{"telegraf", "/etc/telegraf/telegraf.d/*.conf", "[["},
    Shipper{"fail2ban", "/etc/fail2ban/jail.local", "["},
    Shipper{"fail2ban", "/etc/fail2ban/jail.d/*", "["},
    Shipper{"rsyslog", "/etc/rsyslog.d/*.conf", ""},
    Shipper{"elastic-agent", "/etc/elastic-agent/elastic-agent.yml", ""},
    Shipper{"ops-agent", "/etc/google-cloud-ops-agent/config.yaml", ""},
    Shipper{"crowdsec", "/etc/crowdsec/acquis.yaml", ""},
    Shipper{"crowdsec", "/etc/crowdsec/acquis.d/*.y*ml", ""},
    Shipper{"awstats", "/etc/awstats/awstats.*.conf", "", "LogFile="},
    Shipper{"goaccess", "/etc/goaccess/goaccess.conf", "", "log-file"},
    Shipper{"wazuh", "/var/ossec/etc/ossec.conf", "", "<location>"},
    Shipper{"cloudwatch", "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json", "",
            "file_path"},
    Shipper{"cloudwatch", "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d/*", "",
            "file_path"},
    Shipper{"splunk", "/opt/splunkforwarder/etc/system/local/inputs.conf", "[", "monitor:"},
    Shipper{"splunk", "/opt/splunkforwarder/etc/apps/*/local/inputs.conf", "[", "monitor:"}};
constexpr std::string_view kLogs = "/var/log/", kEnds = " \t\r\n\"',;)]}<|";
// Keys, in lower case, of files that they write themselves, or leave alone.
constexpr std::array<std::string_view, 5> kOther{"exclude", "pos_file", "db ", "log_file",
                                                 "filename"};
constexpr std::array<std::string_view, 3> kAt{"nginx", "apache", "php"};

struct Followed {
  std::string path;
  text::Span span;
};

class ShipperFile {
 public:
  ShipperFile(Survey& survey, const Shipper& shipper, std::string path)
      : survey_(survey), shipper_(shipper), path_(std::move(path)) {}

  void read() {
    const auto file = survey_.load(path_, "monitor");
    if (!file) return;
    survey_.note_file(path_, shipper_.agent, "agent");
    off_ = shipper_.agent == "telegraf";  // until a plugin begins
    const std::string_view content = survey_.sources.content(*file);
    for (std::size_t at = 0; at < content.size();) {
      const auto end = std::min(content.find('\n', at), content.size());
      line(*file, content.substr(at, end - at), at);
      at = end + 1;
    }
    flush();
  }

 private:
  [[nodiscard]] bool begins_block(std::string_view line, std::string_view text) const {
    if (shipper_.block.empty()) return false;
    if (shipper_.block != "  ") return text.starts_with(shipper_.block);
    return line.starts_with("  ") && line.size() > 2 && line[2] != ' ' && text.ends_with(':');
  }

  void line(text::FileId file, std::string_view line, std::size_t offset) {
    const auto first = std::min(line.find_first_not_of(" \t"), line.size());
    const auto text = line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
    if (text.empty() || text[0] == '#' || text[0] == ';' || text.starts_with("//")) return;
    if (begins_block(line, text)) flush();
    if (text == "enabled: false" || text == "disabled = true" || text == "disabled = 1")
      off_ = true;
    if (text.starts_with("<!--")) comment_ = true;
    if (comment_) {
      comment_ = text.find("-->") == text.npos;
      return;
    }
    // A jail is off unless it is switched on.
    if (shipper_.agent == "fail2ban" && text.starts_with('[')) off_ = true;
    if (shipper_.agent == "fail2ban" && text.starts_with("enabled") && text.ends_with("true"))
      off_ = false;
    // Most plugins of Telegraf write there, or look at other things.
    if (shipper_.agent == "telegraf" && text.starts_with("[["))
      off_ = !text.starts_with("[[inputs.tail") && !text.starts_with("[[inputs.logparser");
    if (shipper_.agent == "rsyslog" && !read_by_imfile(text)) return;
    if (!is_other(text)) take(file, line, offset);
  }

  // rsyslog mostly writes there: only what imfile reads counts, input(type="imfile" File="...")
  // over several lines, or $InputFileName.
  [[nodiscard]] bool read_by_imfile(std::string_view text) {
    if (text.starts_with("$InputFileName")) return true;
    if (text.starts_with("input(")) imfile_ = true;
    const bool named = imfile_ && text::lower(text).find("file=") != std::string::npos;
    if (text.ends_with(')')) imfile_ = false;
    return named;
  }

  // A key of kOther, or an element of its list on the lines below it.
  [[nodiscard]] bool is_other(std::string_view text) {
    if (shipper_.agent == "crowdsec") return false;  // it writes none, and reads its "filenames"
    const bool element = text[0] == '-' || text[0] == '"' || text[0] == '\'' || text[0] == ']';
    if (!element)
      other_ = std::ranges::any_of(kOther,
                                   [&](auto word) { return text::lower(text).starts_with(word); });
    return other_;
  }

  void take(text::FileId file, std::string_view line, std::size_t offset) {
    for (auto at = line.find(kLogs); at != line.npos;) {
      const auto end = std::min(line.find_first_of(kEnds, at), line.size());
      const auto before = line.substr(0, at);
      const auto key = before.rfind(shipper_.key);
      const bool named = key != line.npos && before.find(',', key) == line.npos;
      if (named && (!before.ends_with('/') || before.ends_with("://")))
        followed_.push_back({std::string(line.substr(at, end - at)),
                             {file, static_cast<std::uint32_t>(offset + at),
                              static_cast<std::uint32_t>(offset + end)}});
      at = line.find(kLogs, end);
    }
  }

  void flush() {
    for (const auto& [path, span] : followed_) {
      const auto place = survey_.place(span);
      const bool off =
          off_ || text::contains_any(path, std::array<std::string_view, 3>{"**", "{", "%"});
      if (off) continue;
      if (is_ours(path)) watch_log(survey_, shipper_.agent, place, path);
      opened(path, place);
    }
    followed_.clear();
    off_ = false;
  }

  // One file for many machines names logs of programs that this one does not have.
  [[nodiscard]] bool is_ours(const std::string& path) const {
    const auto folder = tree::dirname(path);
    return !service_in(path).empty() || (survey_.state_of(folder, "directory") == "missing" &&
                                         !survey_.nearest_path(folder).empty());
  }

  void opened(const std::string& path, const facts::Place& place) {
    if (std::ranges::none_of(kAt, [&](auto word) { return path.find(word) != path.npos; })) return;
    open_log(survey_, shipper_.agent, place, path);
  }

  Survey& survey_;
  const Shipper& shipper_;
  std::string path_;
  std::vector<Followed> followed_;
  bool off_ = false, imfile_ = false, other_ = false, comment_ = false;
};

}  // namespace

void read_log_shippers(Survey& survey) {
  std::set<std::string> read;
  for (const auto& shipper : kShippers)
    for (const auto& path : tree::glob(survey.tree, shipper.files).paths)
      if (survey.state_of(path, "file") == "found" && read.insert(path).second)
        ShipperFile(survey, shipper, path).read();
}

}  // namespace stackaudit::stack

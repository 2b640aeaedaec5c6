// Icinga 2: `import` of a template and `host_name` of a host that no object defines ("Validation
// failed ... Object 'web01' of type 'Host' does not exist"), checks that are switched off, the
// address that vars.http_port and vars.http_address name.
#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/objects.hpp"
#include "stack/monitoring/probes.hpp"
#include "stack/monitoring/watch.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kIcinga = "icinga";

struct Block {
  const AgentText* file = nullptr;
  std::string_view keyword, type;  // "object", "Service"
  std::string name;
  std::vector<AgentLine> lines;
};

// The name between the first two quotes.
std::string quoted(std::string_view text) {
  const auto begin = text.find('"');
  if (begin == text.npos) return {};
  const auto end = text.find('"', begin + 1);
  return std::string(text.substr(begin + 1, end == text.npos ? text.npos : end - begin - 1));
}

class Icinga {
 public:
  explicit Icinga(Survey& survey) : survey_(survey) {}

  void run() {
    if (survey_.state_of("/etc/icinga2/icinga2.conf", "file") != "found") return;
    for (const std::string pattern : {"/etc/icinga2/conf.d/*.conf", "/etc/icinga2/conf.d/*/*.conf",
                                      "/etc/icinga2/zones.d/*/*.conf", "/etc/icinga2/*.conf"})
      for (const auto& path : tree::glob(survey_.tree, pattern).paths)
        blocks(files_.emplace_back(survey_, path));
    for (const auto& block : blocks_) names_[std::string(block.type)].insert(block.name);
    for (const auto& block : blocks_)
      if (block.type == "Service" || block.type == "Host") judge(block);
  }

 private:
  void blocks(const AgentText& file) {
    Block* open = nullptr;
    int depth = 0;
    for (const auto& line : file.lines()) {
      const auto words = text::words(line.text);
      const bool begins = words.size() > 2 &&
                          (words[0] == "object" || words[0] == "template" || words[0] == "apply");
      if (depth == 0 && begins) {
        open = &blocks_.emplace_back();
        open->file = &file;
        open->keyword = words[0];
        open->type = words[1];
        open->name = quoted(line.text);
      } else if (open != nullptr) {
        open->lines.push_back(line);
      }
      for (const char c : line.text) depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth <= 0) depth = 0;
      if (depth == 0) open = nullptr;
    }
  }

  void judge(const Block& block) {
    std::string host = "127.0.0.1";
    const AgentLine* port = nullptr;
    for (const auto& line : block.lines) {
      if (line.text.starts_with("import "))
        undefined(block, line, std::string(block.type), "template");
      if (!value_of(line.text, "host_name").empty() && line.text.find('"') != line.text.npos)
        undefined(block, line, "Host", "host");
      for (const std::string_view key : {"enable_active_checks", "enable_notifications"})
        if (value_of(line.text, key) == "false" && block.keyword != "template" && concerns(block))
          tell_idle(survey_, block.file->place(line, line.text), kIcinga,
                    key == "enable_notifications" ? "nobody is told when " + block.name + " fails"
                                                  : block.name + " is not checked",
                    "set it to true, or take the object out");
      if (!value_of(line.text, "vars.http_port").empty()) port = &line;
      if (const auto value = value_of(line.text, "vars.http_address"); !value.empty()) host = value;
    }
    if (port != nullptr && block.type == "Service" && applies_here(block)) ask(block, *port, host);
  }

  // assign where match("proxy*", host.name): hosts by their names, none of which is this machine.
  [[nodiscard]] bool applies_here(const Block& block) const {
    bool any = false;
    for (const auto& line : block.lines) {
      if (!line.text.starts_with("assign where ")) continue;
      const auto pattern = quoted(line.text);
      const bool by_name = line.text.find("host.name") != line.text.npos && !pattern.empty();
      if (!by_name || tree::matches(pattern, host_name(survey_.tree)) || is_host_here(pattern))
        return true;
      any = true;
    }
    return !any;
  }

  [[nodiscard]] bool is_host_here(const std::string& pattern) const {
    return std::ranges::any_of(blocks_, [&](const Block& block) {
      return block.type == "Host" && tree::matches(pattern, block.name) && is_local(block.name);
    });
  }

  [[nodiscard]] bool concerns(const Block& block) const {
    if (block.type != "Service") return false;
    for (const auto& line : block.lines)
      if (const auto name = value_of(line.text, "host_name"); !name.empty())
        return is_local(std::string(name));
    return true;
  }

  // The address of that host is one of this machine.
  [[nodiscard]] bool is_local(const std::string& name) const {
    for (const auto& block : blocks_) {
      if (block.type != "Host" || block.name != name) continue;
      for (const auto& line : block.lines)
        if (const auto value = value_of(line.text, "address"); !value.empty()) {
          const auto addresses = addresses_of(survey_.tree, value);
          return !addresses.empty() && is_loopback(addresses[0]);
        }
    }
    return false;
  }

  // Only what is nearly a name that is defined: icinga2 brings templates and hosts of its own.
  void undefined(const Block& block, const AgentLine& line, const std::string& type,
                 const std::string& what) {
    const auto name = quoted(line.text);
    const auto& known = names_[type];
    if (name.empty() || known.contains(name)) return;
    const auto near = text::nearest(name, known);
    if (!near) return;
    const auto at = line.text.find(name);
    tell_undefined(survey_, block.file->place(line, line.text.substr(at, name.size())), kIcinga,
                   "icinga2 does not start: there is no " + what + " " + name, near);
  }

  void ask(const Block& block, const AgentLine& line, const std::string& host) {
    const auto value = value_of(line.text, "vars.http_port");
    const auto port = port_number(value);
    if (!port) return;
    Probe probe;
    probe.text = host + ":" + std::string(value);
    probe.scheme = "tcp";
    probe.host = host;
    probe.port = port;
    add_probe(survey_, kIcinga, probe, block.name, block.file->place(line, value));
  }

  Survey& survey_;
  std::deque<AgentText> files_;
  std::deque<Block> blocks_;
  std::map<std::string, std::set<std::string, std::less<>>> names_;  // by type
};

}  // namespace

void read_icinga_objects(Survey& survey) {
  Icinga(survey).run();
}

}  // namespace stackaudit::stack

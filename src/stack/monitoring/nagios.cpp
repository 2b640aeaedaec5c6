// Objects of Nagios 3 and 4: one name that nothing defines keeps the whole daemon from starting
// ("Error: Service check command 'x' specified in service 'y' for host 'z' not defined
// anywhere!"), a switch keeps a check from happening or from being told. What the checks of this
// machine ask is a dial: the command's line with the arguments of the service in it.
#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/objects.hpp"
#include "stack/monitoring/probes.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <tuple>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kNagios = "nagios";
constexpr std::size_t kMaxFiles = 2000;

struct Value {
  std::string_view text;
  facts::Place place;
};

struct Object {
  std::string_view type;  // "service"
  std::map<std::string_view, Value> values;
  const AgentText* file = nullptr;

  [[nodiscard]] std::string_view at(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string_view{} : found->second.text;
  }
  [[nodiscard]] bool registered() const { return at("register") != "0"; }
};

// A setting that names objects of another type, each by that type's own key.
struct Link {
  std::string_view key, type, name;
};
constexpr std::array kLinks{Link{"host_name", "host", "host_name"},
                            Link{"hostgroup_name", "hostgroup", "hostgroup_name"},
                            Link{"hostgroups", "hostgroup", "hostgroup_name"},
                            Link{"contact_groups", "contactgroup", "contactgroup_name"},
                            Link{"contacts", "contact", "contact_name"},
                            Link{"check_command", "command", "command_name"},
                            Link{"check_period", "timeperiod", "timeperiod_name"},
                            Link{"notification_period", "timeperiod", "timeperiod_name"}};
struct Switch {
  std::string_view key, message;
};
constexpr std::array kSwitches{
    Switch{"notifications_enabled", "nobody is told when it fails: notifications_enabled 0"},
    Switch{"active_checks_enabled", "the check does not happen: active_checks_enabled 0"}};
constexpr std::array kMainSwitches{
    Switch{"enable_notifications", "nobody is told of anything: enable_notifications=0"},
    Switch{"execute_service_checks", "no service is checked: execute_service_checks=0"},
    Switch{"execute_host_checks", "no host is checked: execute_host_checks=0"}};

class Nagios {
 public:
  Nagios(Survey& survey, std::string main) : survey_(survey), main_(std::move(main)) {}

  void run() {
    const AgentText main(survey_, main_);
    if (main.lines().empty()) return;
    for (const auto& line : main.lines()) setting(main, line);
    for (const auto& file : files_) objects(file);
    for (const auto& object : objects_) judge(object);
  }

 private:
  void setting(const AgentText& main, const AgentLine& line) {
    for (const auto& [key, message] : kMainSwitches)
      if (value_of(line.text, key) == "0")
        tell_idle(survey_, main.place(line, line.text), kNagios, std::string(message),
                  "set it to 1");
    for (const std::string_view key : {"cfg_file", "cfg_dir"}) {
      const auto name = value_of(line.text, key);
      if (name.empty()) continue;
      const auto path = beside(main_, name);
      if (survey_.state_of(path, key == "cfg_dir" ? "directory" : "file") == "missing") {
        whole_ = false;
        tell_idle(survey_, main.place(line, name), kNagios,
                  "nagios does not start: " + path + " does not exist",
                  "name what is there, or take the line out");
      } else if (key == "cfg_dir") {
        directory(path);
      } else {
        take(path);
      }
    }
  }

  void take(const std::string& path) {
    if (files_.size() < kMaxFiles && seen_.insert(path).second) files_.emplace_back(survey_, path);
  }

  // *.cfg of it and of all below it.
  void directory(const std::string& path) {
    if (!seen_.insert(path).second || seen_.size() > kMaxFiles) return;
    const auto names = tree::list_directory(survey_.tree, path);
    if (!names) return;
    for (const auto& name : *names) {
      const auto inside = tree::join(path, name);
      if (survey_.state_of(inside, "directory") == "found")
        directory(inside);
      else if (name.ends_with(".cfg"))
        take(inside);
    }
  }

  void objects(const AgentText& file) {
    Object* open = nullptr;
    for (const auto& line : file.lines()) {
      const auto words = text::words(line.text);
      if (words[0] == "define" && words.size() > 1) {
        open = &objects_.emplace_back();
        open->file = &file;
        open->type = words[1].substr(0, words[1].find('{'));
      } else if (words[0] == "}" || open == nullptr) {
        open = nullptr;
      } else {
        auto value = line.text.substr(words[0].size());
        value = text::trimmed(value.substr(0, value.find(';')));
        open->values[words[0]] = {value, file.place(line, value)};
        if (words[0] == "name") {
          names_["template " + std::string(open->type)].emplace(value);
          templates_.emplace(std::pair(open->type, value), open);
        }
        if (words[0].ends_with("_name") && words[0].starts_with(open->type))
          names_[std::string(open->type)].emplace(value);
      }
    }
  }

  void judge(const Object& object) {
    for (const auto& name : split(object.at("use")))
      defined(object, "use", name, "template " + std::string(object.type), false);
    if (!object.registered()) return;
    for (const auto& [key, type, own] : kLinks)
      if (key != own || type != object.type)
        for (const auto& name : split(at(object, key), key == "check_command"))
          defined(object, key, name, std::string(type), true);
    if (object.type != "service" || packaged(*object.file)) return;
    for (const auto& host : split(at(object, "host_name"))) asks(object, host);
    for (const auto& [key, message] : kSwitches)
      if (const auto* value = inherited(object, key);
          value != nullptr && value->text == "0" && first(*value, message))
        tell_idle(survey_, value->place, kNagios, std::string(message),
                  "set it to 1, or take the service out");
  }

  // The object's own value, else that of the first template that has one; "null" ends the search.
  [[nodiscard]] const Value* inherited(const Object& object, std::string_view key,
                                       int depth = 0) const {
    constexpr int kMostTemplates = 16;  // one behind the other
    if (const auto own = object.values.find(key); own != object.values.end()) return &own->second;
    if (depth == kMostTemplates) return nullptr;
    for (const auto& name : split(object.at("use"))) {
      const auto found = templates_.find(std::pair(object.type, std::string_view(name)));
      if (found == templates_.end() || found->second == &object) continue;
      if (const auto* value = inherited(*found->second, key, depth + 1)) return value;
    }
    return nullptr;
  }

  [[nodiscard]] std::string_view at(const Object& object, std::string_view key) const {
    const auto* value = inherited(object, key);
    return value == nullptr || value->text == "null" ? std::string_view{} : value->text;
  }

  // Of a check of a host whose address is this machine's own; another host's ports are its own.
  void asks(const Object& service, std::string_view host_name) {
    const auto command = at(service, "check_command");
    const auto* host = find("host", "host_name", host_name);
    if (host == nullptr || command.empty()) return;
    const auto* run = find("command", "command_name", command.substr(0, command.find('!')));
    const auto said = at(*host, "address");
    const std::string address(said.empty() ? host_name : said);
    const auto numeric = addresses_of(survey_.tree, address);
    if (run == nullptr || numeric.empty() || !is_loopback(numeric[0])) return;
    std::string line(run->at("command_line"));
    replace(line, "$HOSTADDRESS$", address);
    replace(line, "$HOSTNAME$", host_name);
    int number = 0;
    for (const auto part : text::fields(command, '!'))
      replace(line, "$ARG" + std::to_string(number++) + "$", part);
    const auto* named = inherited(service, "check_command");
    if (!first(*named, line)) return;
    for (const auto& probe : probes_in(line)) add_probe(survey_, kNagios, probe, "", named->place);
  }

  // What a template says is told once for all that use it.
  bool first(const Value& value, std::string_view what) {
    return told_.emplace(value.place.path, value.place.line.value_or(0), std::string(what)).second;
  }

  [[nodiscard]] const Object* find(std::string_view type, std::string_view key,
                                   std::string_view name) const {
    const auto found = std::ranges::find_if(objects_, [&](const Object& object) {
      return object.type == type && object.at(key) == name;
    });
    return found == objects_.end() || name.empty() ? nullptr : &*found;
  }

  static void replace(std::string& line, std::string_view what, std::string_view by) {
    for (auto at = line.find(what); at != line.npos; at = line.find(what, at + by.size()))
      line.replace(at, what.size(), by);
  }

  // The sample that both the authors and Debian ship.
  static bool packaged(const AgentText& file) { return file.path().ends_with("/localhost.cfg"); }

  static std::vector<std::string> split(std::string_view list, bool command = false) {
    std::vector<std::string> names;
    if (command) list = list.substr(0, list.find('!'));
    for (const auto field : text::words(list, ",")) {
      auto name = text::trimmed(field);
      while (name.starts_with('+')) name.remove_prefix(1);
      if (!name.empty() && name[0] != '!') names.emplace_back(name);
    }
    return names;
  }

  // "service 'blog' of host 'web1'", as far as the object says.
  [[nodiscard]] std::string shown(const Object& object) const {
    const bool service = object.type == "service";
    const auto name =
        at(object, service ? "service_description" : std::string(object.type) + "_name");
    const auto host = service ? at(object, "host_name") : std::string_view{};
    if (name.empty()) return {};
    return ", which " + std::string(object.type) + " '" + std::string(name) + "'" +
           (host.empty() ? "" : " of host '" + std::string(host) + "'") + " names";
  }

  void defined(const Object& object, std::string_view key, const std::string& name,
               const std::string& type, bool may_match) {
    const bool open = name == "null" || name.find_first_of("*?$^[(") != std::string::npos;
    const auto& known = names_[type];
    const auto* value = inherited(object, key);
    if (!whole_ || known.contains(name) || (may_match && open) || !first(*value, name)) return;
    tell_undefined(survey_, value->place, kNagios,
                   "nagios does not start: no " + type + " " + name + " is defined" + shown(object),
                   text::nearest(name, known));
  }

  Survey& survey_;
  std::string main_;
  std::deque<AgentText> files_;
  std::deque<Object> objects_;
  std::set<std::string> seen_;
  std::map<std::string, std::set<std::string, std::less<>>> names_;                   // by type
  std::map<std::pair<std::string_view, std::string_view>, const Object*> templates_;  // type, name
  std::set<std::tuple<std::string, std::int64_t, std::string>> told_;
  bool whole_ = true;  // all that the main file takes in was read
};

}  // namespace

void read_nagios_objects(Survey& survey) {
  for (const std::string main :
       {"/etc/nagios4/nagios.cfg", "/etc/nagios3/nagios.cfg", "/etc/nagios/nagios.cfg"})
    if (survey.state_of(main, "file") == "found") Nagios(survey, main).run();
}

}  // namespace stackaudit::stack

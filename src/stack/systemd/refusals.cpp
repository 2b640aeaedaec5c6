// Settings that only together decide whether a service starts: systemd.service(5), "Restart=" and
// "BusName="; systemd.exec(5), "PrivateUsers=" and "NoExecPaths=".
#include "stack/systemd/isolation.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/spelling.hpp"
#include "syntax/ini/ini.hpp"
#include "syntax/ini/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

class Refusals {
 public:
  Refusals(Survey& survey, ServiceUnit& unit) : survey_(survey), unit_(unit) {}

  void run() {
    for_each_setting(survey_, unit_, [&](std::string_view section, const ini::Entry& entry) {
      if (section == "Service") take(entry);
    });
    type();
    private_users();
    executable();
    watchdog();
  }

 private:
  // A path of NoExecPaths= or ExecPaths=.
  struct Path {
    std::string path;
    bool executable = false;
    facts::Place place;
  };

  void take(const ini::Entry& entry) {
    const auto& key = entry.key.value;
    const auto place = survey_.place(entry.value.span);
    if (key != "NoExecPaths" && key != "ExecPaths") {
      last_.insert_or_assign(key, IniValue{entry.value.value, place});
      return;
    }
    if (entry.value.value.empty())
      std::erase_if(paths_, [&](const Path& each) { return each.executable == (key[0] == 'E'); });
    for (const auto& word : ini::split_words(entry.value.value).words) {
      auto path = word.text;
      while (path.starts_with('-') || path.starts_with('+')) path.erase(0, 1);
      const auto end = tree::resolve(survey_.tree, path);
      paths_.push_back({end ? end.path : tree::normalize(path), key[0] == 'E', place});
    }
  }

  [[nodiscard]] const IniValue* said(std::string_view key) const {
    const auto found = last_.find(key);
    return found == last_.end() || found->second.value.empty() ? nullptr : &found->second;
  }

  void refuse(const facts::Place& place, std::string message, std::string help,
              std::string_view code = "bad-value") {
    unit_.refused = unit_.refused || code == "bad-value";  // the others fail when they are started
    survey_.facts.add(unit_problem(place, code, "error", std::move(message), std::move(help)));
  }

  void type() {
    const auto* restart = said("Restart");
    if (unit_.type == "oneshot" && restart != nullptr &&
        (restart->value == "always" || restart->value == "on-success"))
      refuse(is_local(unit_.type_place) && !is_local(restart->place) ? unit_.type_place
                                                                     : restart->place,
             "Service has Restart= set to either always or on-success, which isn't allowed for "
             "Type=oneshot services. Refusing.",
             "a server that stays is no oneshot: give it its own Type=, or Restart=on-failure");
    if (unit_.type == "dbus" && said("BusName") == nullptr)
      refuse(unit_.type_place,
             "Service is of type D-Bus but no D-Bus service name has been specified. Refusing.",
             "a server that takes no name on the bus wants Type=forking, simple or notify");
  }

  // Only root and the unit's own user exist in its namespace: setgid() of any other is EINVAL.
  void private_users() {
    const auto* setting = said("PrivateUsers");
    const bool on =
        setting != nullptr && (is_true_word(setting->value) || setting->value == "self");
    if (!on || unit_.kind.empty() || unit_.kind == "mariadb" || !starts_as_root(unit_)) return;
    refuse(setting->place,
           "PrivateUsers= leaves " + unit_.name +
               " without the accounts of its workers: it cannot change its user",
           "take it out of the unit of a server that changes its user", "system-calls");
  }

  // nginx and apache2 never say WATCHDOG=1, php-fpm does: seen with systemd 252.
  void watchdog() {
    const auto* setting = said("WatchdogSec");
    const bool silent = unit_.kind == "nginx" || unit_.kind == "apache";
    if (setting == nullptr || !silent || setting->value == "infinity" ||
        setting->value.find_first_of("123456789") == std::string::npos)
      return;
    refuse(setting->place,
           unit_.name +
               " never tells systemd that it is alive: it is killed each time WatchdogSec=" +
               setting->value + " has passed (Result=watchdog)",
           "take WatchdogSec= out; Restart=on-failure brings up a server that ended", "watchdog");
  }

  // The longest path that is named decides.
  [[nodiscard]] const Path* forbids(std::string_view program) const {
    const Path* best = nullptr;
    for (const auto& each : paths_) {
      if (!tree::is_within(program, each.path)) continue;
      if (best == nullptr || each.path.size() > best->path.size() ||
          (each.path.size() == best->path.size() && each.executable))
        best = &each;
    }
    return best == nullptr || best->executable ? nullptr : best;
  }

  void executable() {
    if (paths_.empty() || unit_.exec_start.empty()) return;
    std::vector<std::string> needed;
    if (const auto end = tree::resolve(survey_.tree, unit_.exec_start.back().program))
      needed.push_back(end.path);
    for (const std::string_view loader :
         {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"})
      if (const auto end = tree::resolve(survey_.tree, loader)) needed.push_back(end.path);
    for (const auto& path : needed) {
      const auto* refusing = forbids(path);
      if (refusing == nullptr) continue;
      return refuse(refusing->place, "NoExecPaths= keeps " + unit_.name + " from executing " + path,
                    "add its directory to ExecPaths=", "command-refused");
    }
  }

  Survey& survey_;
  ServiceUnit& unit_;
  std::map<std::string, IniValue, std::less<>> last_;
  std::vector<Path> paths_;
};

}  // namespace

void check_unit_refusals(Survey& survey, ServiceUnit& unit) {
  Refusals(survey, unit).run();
}

}  // namespace stackaudit::stack

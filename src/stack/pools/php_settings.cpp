// Files, programs and names of php.ini and of pools that PHP looks for only when it needs them: a
// wrong one is seen as "failed to open stream", a mail that is never sent, a clock that is hours
// off ("Invalid date.timezone value 'x', using 'UTC' instead"; seen with PHP 8.2).
#include "stack/pools/php_runtime.hpp"
#include "stack/runtime_places.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kZones = "/usr/share/zoneinfo";

struct Setting {
  std::string_view name, effect;
  bool command;  // its first word is the program
};
constexpr std::array kSettings{
    Setting{"openssl.cafile", "no TLS connection of PHP is trusted: each of them fails", false},
    Setting{"curl.cainfo", "no TLS connection of curl in PHP is trusted: each of them fails",
            false},
    Setting{"sendmail_path", "mail() sends nothing", true}};

class Settings {
 public:
  explicit Settings(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto& [directory, values] : survey_.php_ini) judge(values);
    for (const auto& pool : survey_.pools)
      if (pool.chroot.empty()) judge(pool.php_values);
  }

 private:
  void judge(const IniValues& values) {
    for (const auto& setting : kSettings)
      if (const auto value = values.find(setting.name); value != values.end())
        file(setting, value->second);
    if (const auto zone = values.find("date.timezone"); zone != values.end()) clock(zone->second);
  }

  void file(const Setting& setting, const IniValue& value) {
    auto path = value.value;
    if (setting.command) path = path.substr(0, path.find(' '));
    if (!path.starts_with('/') || path.find_first_of("$\"'") != path.npos ||
        is_made_at_run_time(path))
      return;
    missing(value.place, setting.name, path, path, survey_.state_of(path, "file"),
            survey_.nearest_path(path), setting.effect);
  }

  // Names of zones are compared without regard to letter case.
  void clock(const IniValue& value) {
    const auto& name = value.value;
    const auto slash = name.find('/');
    if (slash == name.npos || name.find_first_of("$\"' ") != name.npos) return;
    const auto region = tree::list_directory(
        survey_.tree, tree::join(kZones, std::string_view(name).substr(0, name.rfind('/'))));
    if (!region || region->empty()) return;
    const auto city = std::string_view(name).substr(name.rfind('/') + 1);
    if (std::ranges::any_of(
            *region, [&](const auto& each) { return text::equal_ignoring_case(each, city); }))
      return;
    const auto near = text::nearest(city, *region);
    missing(value.place, "date.timezone", name, tree::join(kZones, name), "missing",
            near ? name.substr(0, name.rfind('/') + 1) + *near : std::string{},
            "PHP warns of it, and counts in UTC");
  }

  void missing(const facts::Place& place, std::string_view setting, const std::string& written,
               const std::string& path, const std::string& state, const std::string& near,
               std::string_view effect) {
    if (state != "missing" && state != "dangling") return;
    if (!told_.insert(place.path + ":" + std::to_string(place.line.value_or(0))).second) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = place;
    row.service = "php";
    row.kind = "php-setting";
    row.as_written = written;
    row.resolved = path;
    row.state = state;
    row.wanted = setting;
    row.nearest = row.replacement = near;
    row.process = "php";
    row.call = "openat";
    row.effect = effect;
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  std::set<std::string> told_;
};

}  // namespace

void check_php_settings(Survey& survey) {
  Settings(survey).run();
}

}  // namespace stackaudit::stack

// opcache.preload: the script that php-fpm's master runs at its start, as opcache.preload_user. The
// master ends with "Fatal Error" where any of it is not there, in php-fpm -t as well.
#include "stack/account_sources.hpp"
#include "stack/phpfpm/phpfpm.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kEffect = "php-fpm does not start";

const IniValue* setting(const IniValues& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() || found->second.value.empty() ? nullptr : &found->second;
}

bool is_off(const IniValue* value) {
  static constexpr std::array<std::string_view, 4> kOff{"0", "off", "no", "false"};
  return value != nullptr && std::ranges::find(kOff, text::lower(value->value)) != kOff.end();
}

facts::Reference row_of(const Actor& reader, const IniValue& value, std::string_view kind) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = value.place;
  row.service = "php";
  row.kind = kind;
  row.as_written = value.value;
  row.required = true;
  row.process = reader.process;
  row.user = reader.who.name;
  row.effect = kEffect;
  return row;
}

}  // namespace

void check_preload(Survey& survey, const std::string& directory, const Actor& reader) {
  const auto values = survey.php_ini.find(directory);
  if (values == survey.php_ini.end()) return;
  const auto* script = setting(values->second, "opcache.preload");
  if (script == nullptr || is_off(setting(values->second, "opcache.enable"))) return;
  const auto* user = setting(values->second, "opcache.preload_user");
  auto who = reader.who;
  if (reader.who.uid == 0) {
    auto row = row_of(reader, user == nullptr ? *script : *user, "preload-user");
    row.as_written = user == nullptr ? "" : user->value;
    row.state = user == nullptr ? "missing" : user_state(survey, user->value);
    row.call = "getpwnam";
    row.wanted = "user";
    const auto* account = user == nullptr ? nullptr : survey.accounts.user(user->value);
    if (account != nullptr) who = survey.accounts.become(*account);
    const bool missing = row.state == "missing";
    survey.facts.add(std::move(row));
    if (missing || account == nullptr) return;
  }
  if (!script->value.starts_with('/')) return;
  auto row = row_of(reader, *script, "preload");
  row.user = who.name;
  row.resolved = tree::normalize(script->value);
  row.wanted = "file";
  row.call = "openat";
  row.state = survey.state_of(row.resolved, "file");
  if (row.state == "missing") row.nearest = row.replacement = survey.nearest_path(row.resolved);
  const bool there = row.state == "found";
  const auto path = row.resolved;
  survey.facts.add(std::move(row));
  if (!there) return;
  auto actor = reader;
  actor.process = "php-fpm preloading";
  actor.who = who;
  survey.open(actor, {tree::Operation::read, path, script->place, "script", "start",
                      std::string(kEffect), true});
}

}  // namespace stackaudit::stack

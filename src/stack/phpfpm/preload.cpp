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

const IniValue* named_in(const IniValues& values, std::string_view name) {
  const auto* found = find(values, name);
  return found == nullptr || found->value.empty() ? nullptr : found;
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

// PHP takes root as well: what the script and all that it includes do is done as root.
void tell_root(Survey& survey, const IniValue& user) {
  survey.add_problem(user.place, {.service = "php-fpm",
                                  .language = "ini",
                                  .code = "preload-root",
                                  .severity = "warning",
                                  .message = "opcache.preload_user is " + user.value +
                                             ": code of the application runs as root whenever "
                                             "php-fpm starts",
                                  .help = "name the account that the pool runs as"});
}

}  // namespace

void check_preload(Survey& survey, const std::string& directory, const Actor& reader) {
  const auto& values = survey.ini_of(directory);
  const auto* script = named_in(values, "opcache.preload");
  if (script == nullptr || !is_on(values, "opcache.enable", true)) return;
  const auto* user = named_in(values, "opcache.preload_user");
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
    if (account->uid == 0) tell_root(survey, *user);
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

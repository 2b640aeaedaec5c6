// Accounts are looked up as fpm_unix.c does, a number is taken where there is no such name.
#include "stack/phpfpm/pool_settings.hpp"

#include "stack/account_sources.hpp"
#include "tree/resolve.hpp"

#include <charconv>
#include <utility>

namespace stackaudit::stack::phpfpm {
namespace {

std::string expanded(std::string text, const PoolSection& pool) {
  static constexpr std::string_view kVariable = "$pool";
  for (auto at = text.find(kVariable); at != std::string::npos;
       at = text.find(kVariable, at + pool.name.size()))
    text.replace(at, kVariable.size(), pool.name);
  return text;
}

}  // namespace

std::string pool_path(const Master& master, const PoolSection& pool, std::string_view value) {
  const auto path = expanded(std::string(value), pool);
  const auto own = pool.value("prefix");
  const auto prefix = tree::join(master.prefix, expanded(own, pool));
  return tree::normalize(tree::join(prefix, path));
}

std::string PoolSettings::expand(std::string text) const {
  return phpfpm::expanded(std::move(text), pool);
}

facts::Place PoolSettings::place(const Setting* setting) const {
  return survey.place(setting == nullptr ? pool.span : setting->span);
}
std::string PoolSettings::path_of(std::string_view name) const {
  const auto value = pool.value(name);
  return value.empty() ? value : pool_path(master, pool, value);
}

std::optional<Setting> PoolSettings::expanded(std::string_view name) const {
  const auto* setting = pool.find(name);
  if (setting == nullptr) return std::nullopt;
  auto copy = *setting;
  copy.value = expand(copy.value);
  return copy;
}

std::optional<std::uint32_t> PoolSettings::id_of(const Setting& setting, bool group) const {
  if (group) {
    if (const auto* found = survey.accounts.group(setting.value)) return found->gid;
  } else if (const auto* found = survey.accounts.user(setting.value)) {
    return found->uid;
  }
  std::uint32_t id = 0;
  const auto* end = setting.value.data() + setting.value.size();
  const auto [at, error] = std::from_chars(setting.value.data(), end, id);
  return error == std::errc{} && at == end ? std::optional(id) : std::nullopt;
}

bool PoolSettings::account(const Setting& setting, bool group) const {
  auto row = reference(setting, group ? "group" : "user", setting.value);
  row.state = group ? group_state(survey, setting.value) : user_state(survey, setting.value);
  row.wanted = row.kind;
  if (row.state == "missing")
    row.nearest =
        group ? nearest_group(survey, setting.value) : nearest_user(survey, setting.value);
  row.replacement = row.nearest;
  row.call = group ? "getgrnam" : "getpwnam";
  const auto state = row.state;
  survey.facts.add(std::move(row));
  return state == "found";
}

facts::Reference PoolSettings::reference(const Setting& setting, std::string kind,
                                         std::string as_written) const {
  facts::Reference row;
  static_cast<facts::Place&>(row) = place(&setting);
  row.service = "php-fpm";
  row.kind = std::move(kind);
  row.as_written = std::move(as_written);
  row.process = master.actor.process;
  row.user = master.actor.who.name;
  row.effect = kNoPoolStart;
  row.reached_from = master.config;
  return row;
}

void PoolSettings::directory(const Setting& setting, const std::string& kind,
                             const std::string& path, bool required,
                             const std::string& effect) const {
  auto row = reference(setting, kind, setting.value);
  row.resolved = tree::normalize(path);
  row.state =
      systemd.made_at_boot(row.resolved) != nullptr ? "found" : survey.state_of(path, "directory");
  row.required = required;
  row.wanted = "directory";
  row.call = "stat";
  row.effect = effect;
  if (row.state == "missing") row.nearest = survey.nearest_path(row.resolved);
  row.replacement = row.nearest;
  survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack::phpfpm

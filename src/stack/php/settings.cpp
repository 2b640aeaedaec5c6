// php.ini, above it the pool's or Apache's php_value, above these .user.ini.
#include "stack/php/settings.hpp"

#include "syntax/ini/ini.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

constexpr auto kApacheNames =
    std::to_array<std::string_view>({"php_value", "php_admin_value", "php_flag", "php_admin_flag"});

// disable_functions of php.ini and what the pool adds to them; where several run the application,
// what all of them take away.
void take_disabled(const Survey& survey, const Pool* pool, const std::string& ini_directory,
                   Application& application) {
  constexpr std::string_view kName = "disable_functions";
  std::string list;
  if (const auto* set = find(survey.ini_of(ini_directory), kName)) list = set->value;
  if (const auto* own = pool == nullptr ? nullptr : find(pool->php_values, kName))
    list += "," + own->value;
  std::set<std::string, std::less<>> names;
  for (const auto name : text::words(list, ", \t\"")) names.insert(text::lower(name));
  auto& all = application.disabled_functions;
  if (!application.short_tags_seen)
    all = std::move(names);
  else
    std::erase_if(all, [&](const std::string& name) { return !names.contains(name); });
}

// Whether each of these settings of variables_order leaves $_ENV empty.
bool fills_no_env(const std::vector<std::string>& orders) {
  return !orders.empty() && std::ranges::all_of(orders, [](const std::string& order) {
    return order.find_first_of("Ee") == std::string::npos;
  });
}

// The only /etc/php/VERSION/SAPI.
std::string only_directory(const Survey& survey, const std::string& sapi) {
  std::string found;
  const auto versions = survey.tree.list("/etc/php");
  if (!versions) return found;
  for (const auto& version : *versions) {
    const auto directory = "/etc/php/" + version + "/" + sapi;
    if (survey.state_of(directory, "directory") != "found") continue;
    if (!found.empty()) return {};
    found = directory;
  }
  return found;
}

}  // namespace

// The nearest to the script last.
std::vector<std::string> values_of(const Survey& survey, const Pool* pool,
                                   const std::string& ini_directory, const Application& application,
                                   std::string_view name) {
  std::vector<std::string> values;
  const auto* own = pool == nullptr ? nullptr : find(pool->php_values, name);
  if (own != nullptr)
    values.push_back(own->value);
  else if (const auto* set = find(survey.ini_of(ini_directory), name))
    values.push_back(set->value);
  if (pool == nullptr) {
    for (const auto& row : survey.facts.rows<facts::Directive>()) {
      if (row.service != "apache" ||
          std::ranges::find(kApacheNames, row.name) == kApacheNames.end())
        continue;
      const auto blank = row.args.find(' ');
      if (blank != std::string::npos && std::string_view(row.args).substr(0, blank) == name)
        values.push_back(row.args.substr(blank + 1));
    }
    return values;
  }
  namespace ini_syntax = syntax::ini;
  const auto file = user_ini_name(survey, ini_directory);
  if (file.empty()) return values;
  const auto text = tree::read_file(survey.tree, application.root + "/" + file, 1U << 20U);
  if (!text) return values;
  const auto document = ini_syntax::parse(*text, text::FileId::none, ini_syntax::Dialect::php);
  for (const auto& section : document.sections)
    for (const auto& entry : section.entries)
      if (entry.key.value == name) values.push_back(entry.dynamic ? "" : entry.value.value);
  return values;
}

std::string user_ini_name(const Survey& survey, const std::string& ini_directory) {
  const auto* name = find(survey.ini_of(ini_directory), "user_ini.filename");
  return name == nullptr ? ".user.ini" : name->value;
}

std::string module_directory(const Survey& survey) {
  return only_directory(survey, "apache2");
}

std::string command_directory(const Survey& survey, std::string_view program) {
  constexpr std::string_view kName = "php";
  if (program == kName) return only_directory(survey, "cli");
  auto directory = "/etc/php/" + std::string(program.substr(kName.size())) + "/cli";
  return survey.state_of(directory, "directory") == "found" ? directory : std::string{};
}

void add_command_settings(const Survey& survey, const std::string& ini_directory,
                          Application& application) {
  if (!survey.php_ini.contains(ini_directory)) return;
  const auto& values = survey.ini_of(ini_directory);
  application.settings_read = true;
  if (const auto* path = find(values, "include_path"); path != nullptr)
    application.include_path = path->value + ":" + application.include_path;
  if (const auto* order = find(values, "variables_order"); order != nullptr)
    application.env_is_empty = fills_no_env({order->value});
  application.short_tags_seen = true;
  application.short_open_tag = is_on(values, "short_open_tag", true);
}

void add_settings(const Survey& survey, const Pool* pool, const std::string& ini_directory,
                  Application& application) {
  for (const auto& path : values_of(survey, pool, ini_directory, application, "include_path"))
    application.include_path = path + ":" + application.include_path;
  for (const auto& value : values_of(survey, pool, ini_directory, application, "allow_url_include"))
    application.loads_urls = application.loads_urls || is_on(value);
  application.environment.clear();
  application.bare = pool != nullptr && application.sapis.size() == 1 && !pool->inherits &&
                     survey.knows_accounts() && is_on(pool->settings, "clear_env", true);
  if (pool != nullptr && application.sapis.size() == 1)
    for (const auto& [name, value] : pool->environment)
      application.environment.emplace(name, value.value);
  take_disabled(survey, pool, ini_directory, application);
  const bool empty =
      fills_no_env(values_of(survey, pool, ini_directory, application, "variables_order"));
  application.env_is_empty = empty && (!application.short_tags_seen || application.env_is_empty);
  const bool known = survey.php_ini.contains(ini_directory);
  const auto tags = values_of(survey, pool, ini_directory, application, "short_open_tag");
  const bool first = !application.short_tags_seen;
  application.short_tags_seen = true;
  for (const auto& tag : tags)
    if (first && &tag == tags.data())
      application.short_open_tag = is_on(tag);
    else if (application.short_open_tag != is_on(tag))
      application.short_open_tag.reset();
  if (known && tags.empty() && first) application.short_open_tag = true;
}

}  // namespace stackaudit::stack::php

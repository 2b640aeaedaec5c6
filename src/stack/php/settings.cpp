// php.ini, above it the pool's or Apache's php_value, above these .user.ini.
#include "stack/php/settings.hpp"

#include "syntax/ini/ini.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

constexpr auto kApacheNames =
    std::to_array<std::string_view>({"php_value", "php_admin_value", "php_flag", "php_admin_flag"});

bool is_on(std::string_view value) {
  const auto word = text::lower(value);
  return word == "1" || word == "on" || word == "yes" || word == "true";
}

const IniValue* find(const IniValues& values, std::string_view name) {
  const auto it = values.find(name);
  return it == values.end() ? nullptr : &it->second;
}

// All values that a setting of this name may have, the nearest to the script last.
std::vector<std::string> values_of(const Survey& survey, const Pool* pool,
                                   const std::string& ini_directory, const Application& application,
                                   std::string_view name) {
  std::vector<std::string> values;
  const auto* own = pool == nullptr ? nullptr : find(pool->php_values, name);
  const auto ini = survey.php_ini.find(ini_directory);
  if (own != nullptr)
    values.push_back(own->value);
  else if (const auto* set = ini == survey.php_ini.end() ? nullptr : find(ini->second, name))
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

// disable_functions of php.ini and what the pool adds to them; where several run the application,
// what all of them take away.
void take_disabled(const Survey& survey, const Pool* pool, const std::string& ini_directory,
                   Application& application) {
  constexpr std::string_view kName = "disable_functions", kBetween = ", \t\"";
  std::string words;
  if (const auto ini = survey.php_ini.find(ini_directory); ini != survey.php_ini.end())
    if (const auto* set = find(ini->second, kName)) words = set->value;
  if (const auto* own = pool == nullptr ? nullptr : find(pool->php_values, kName))
    words += "," + own->value;
  std::set<std::string, std::less<>> names;
  for (std::size_t at = 0; at < words.size();) {
    const auto begin = std::min(words.find_first_not_of(kBetween, at), words.size());
    at = std::min(words.find_first_of(kBetween, begin), words.size());
    if (at > begin) names.insert(text::lower(words.substr(begin, at - begin)));
  }
  auto& all = application.disabled_functions;
  if (!application.short_tags_seen)
    all = std::move(names);
  else
    std::erase_if(all, [&](const std::string& name) { return !names.contains(name); });
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

std::string user_ini_name(const Survey& survey, const std::string& ini_directory) {
  const auto ini = survey.php_ini.find(ini_directory);
  const auto* name = ini == survey.php_ini.end() ? nullptr : find(ini->second, "user_ini.filename");
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
  const auto ini = survey.php_ini.find(ini_directory);
  if (ini == survey.php_ini.end()) return;
  application.settings_read = true;
  if (const auto* path = find(ini->second, "include_path"); path != nullptr)
    application.include_path = path->value + ":" + application.include_path;
  const auto* tags = find(ini->second, "short_open_tag");
  application.short_tags_seen = true;
  application.short_open_tag = tags == nullptr || is_on(tags->value);
}

void add_settings(const Survey& survey, const Pool* pool, const std::string& ini_directory,
                  Application& application) {
  for (const auto& path : values_of(survey, pool, ini_directory, application, "include_path"))
    application.include_path = path + ":" + application.include_path;
  for (const auto& value : values_of(survey, pool, ini_directory, application, "allow_url_include"))
    application.loads_urls = application.loads_urls || is_on(value);
  application.environment.clear();
  if (pool != nullptr && application.sapis.size() == 1)
    for (const auto& [name, value] : pool->environment)
      application.environment.emplace(name, value.value);
  take_disabled(survey, pool, ini_directory, application);
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

// How passwords look in settings, and the settings of servers and units that have some.
#include "stack/secrets/secret_values.hpp"

#include "stack/jobs/job_files.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/systemd/own_units.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;

// One that is written there, not taken from elsewhere.
bool is_literal(std::string_view value) {
  return !value.empty() && value.find_first_of("$%") == std::string_view::npos;
}

class Settings {
 public:
  explicit Settings(Survey& survey) : survey_(survey) {}

  std::vector<Secret> run(const std::vector<RootFile>& of_root) {
    for (const auto& pool : survey_.pools)
      for (const auto& [name, variable] : pool.environment)
        if (is_credential_name(name) && is_literal(variable.value))
          found_.push_back({"setting", variable.place.path, "php-fpm", variable.place});
    for (const auto& row : survey_.facts.rows<facts::Directive>()) variable(row);
    for (const auto& unit : own_units(survey_)) {
      for (const auto& file : unit.environment_files) environment(file);
      for (const auto& [name, value] : unit.environment)
        if (const auto place = unit.environment_places.find(name);
            place != unit.environment_places.end() && is_credential_name(name) && is_literal(value))
          note("setting", place->second.path, "systemd", place->second.line.value_or(0));
    }
    for (const auto& table : cron_tables(survey_)) {
      commands("setting", table.path, "cron");
      for (const auto& job : table.jobs) options(job.command, table.path, job.line);
    }
    for (const auto& file : of_root)
      if (file.kind == "script") script(file);
    keys();
    return std::move(found_);
  }

 private:
  // SetEnv DB_PASSWORD x, fastcgi_param DB_PASSWORD x.
  void variable(const facts::Directive& row) {
    const bool sets = (row.service == "apache" && row.name == "setenv") ||
                      (row.service == "nginx" && row.name == "fastcgi_param");
    const auto blank = row.args.find(' ');
    if (!sets || blank == std::string::npos) return;
    if (is_credential_name(std::string_view(row.args).substr(0, blank)) &&
        is_literal(std::string_view(row.args).substr(blank + 1)))
      found_.push_back({"setting", row.path, row.service, row});
  }

  // systemd reads it as root, whoever the service runs as.
  void environment(const NamedPath& file) {
    const auto content = tree::read_file(survey_.tree, file.path, kSmall);
    if (content && holds_credential(*content))
      found_.push_back({"setting", file.path, "systemd", file.place});
  }

  // What root's jobs run, where a shell reads it.
  void script(const RootFile& file) {
    const auto content = tree::read_file(survey_.tree, file.path, kSmall);
    if (!content || !content->starts_with("#!")) return;
    if (content->substr(0, content->find('\n')).find("sh") == std::string::npos) return;
    commands("script", file.path, file.service);
  }

  // The first line with a password; of cron's tables it may stand in an assignment as well.
  void commands(const char* kind, const std::string& path, const std::string& service) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content) return;
    for (const auto& line : text::lines(*content))
      if (holds_command_password(line.text)) return note(kind, path, service, line.number);
  }

  void note(const char* kind, const std::string& path, const std::string& service,
            std::int64_t line) {
    auto place = Survey::whole_file(path);
    place.line = line;
    found_.push_back({kind, path, service, place});
  }

  // mysqldump --defaults-extra-file=/etc/mysql/backup.cnf
  void options(std::string_view command, const std::string& path, std::int64_t line) {
    for (const auto word : text::words(command)) {
      if (!word.starts_with("--defaults-")) continue;
      const std::string file(word.substr(std::min(word.find('='), word.size() - 1) + 1));
      const auto content = tree::read_file(survey_.tree, file, kSmall);
      if (!content || !holds_agent_password(*content)) continue;
      auto place = Survey::whole_file(path);
      place.line = line;
      found_.push_back({"agent", file, "cron", place});
    }
  }

  // Copies of keys beside those that servers are given: app.key.old.
  void keys() {
    std::map<std::string, std::set<std::string, std::less<>>> used;  // names by directory
    for (const auto& row : survey_.facts.rows<facts::Reference>())
      if (row.kind == "key" && row.state == "found")
        used[std::string(tree::dirname(row.resolved))].emplace(tree::basename(row.resolved));
    for (const auto& [directory, names] : used) {
      const auto all = tree::list_directory(survey_.tree, directory);
      if (!all) continue;
      for (const auto& name : *all)
        if (!names.contains(name) && is_copy_of(name, names)) copy(tree::join(directory, name));
    }
  }

  // app.key.old, copy-of-app.key, app.key~: the name with more before or behind it.
  static bool is_copy_of(std::string_view name,
                         const std::set<std::string, std::less<>>& originals) {
    for (std::size_t size = 1; size < name.size(); ++size)
      if (originals.contains(name.substr(0, size)) || originals.contains(name.substr(size)))
        return true;
    return false;
  }

  void copy(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (content && content->find("PRIVATE KEY-----") != std::string::npos)
      found_.push_back({"key-copy", path, "tls", {}});
  }

  Survey& survey_;
  std::vector<Secret> found_;
};

}  // namespace

bool is_credential_name(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kWords{"PASSWORD", "SECRET",  "TOKEN",
                                                          "API_KEY",  "APP_KEY", "PRIVATE_KEY"};
  // Of such a name, but something about a password: where it lies, how long it is.
  static constexpr auto kAbout = std::to_array<std::string_view>(
      {"_FILE", "_PATH", "_DIR", "_URL", "_URI", "_ENDPOINT", "_TTL", "_LIFETIME", "_TIMEOUT",
       "_EXPIRY", "_EXPIRES", "_NAME", "_LENGTH", "_HEADER", "_ENABLED", "_ALGORITHM"});
  while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
  return text::contains_any(name, kWords) &&
         std::ranges::none_of(kAbout, [&](std::string_view end) { return name.ends_with(end); });
}

bool holds_credential(std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#')) continue;
    const auto value = line.substr(equals + 1);
    const bool empty = value.find_first_not_of(" \t\"'\r") == std::string_view::npos;
    if (!empty && is_credential_name(line.substr(0, equals))) return true;
  }
  return false;
}

bool holds_api_key(std::string_view text) {
  for (const std::string_view key : {"\napi_key:", "\nlicense_key:", "\nlicense_key="}) {
    auto at = text.find(key.substr(1));
    if (at != 0) at = text.find(key);
    if (at == std::string_view::npos) continue;
    auto value = text.substr(text.find_first_of(":=", at) + 1);
    value = value.substr(0, value.find('\n'));
    const auto digits = std::ranges::count_if(value, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (digits >= 32) return true;
  }
  return false;
}

bool holds_agent_password(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kKeys{"password", "token", "api_key",
                                                         "secret",   "pass",  "DATA_SOURCE_NAME"};
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t-"), line.size()));
    const auto end = line.find_first_of(" \t=:");
    if (end == line.npos || std::ranges::find(kKeys, line.substr(0, end)) == kKeys.end()) continue;
    auto value = line.substr(end);
    value.remove_prefix(std::min(value.find_first_not_of(" \t=:\"'"), value.size()));
    value = value.substr(0, value.find_first_of(" \t\r\"'#"));
    if (!value.empty() && value.find_first_of("$%<") == value.npos && !value.starts_with("ENC["))
      return true;
  }
  return false;
}

std::vector<Secret> secrets_in_settings(Survey& survey, const std::vector<RootFile>& of_root) {
  return Settings(survey).run(of_root);
}

}  // namespace stackaudit::stack

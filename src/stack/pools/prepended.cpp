// PHP opens the file of auto_prepend_file as require does: without it every script ends with 500.
#include "stack/pools/prepended.hpp"

#include "stack/php/settings.hpp"
#include "stack/pools/php_runtime.hpp"
#include "stack/pools/pools.hpp"
#include "syntax/ini/ini.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({"auto_prepend_file", "auto_append_file"});

void add_row(Survey& survey, std::string_view name, std::string_view value, std::string resolved,
             facts::Place place, const Actor& actor) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.service = "php";
  row.kind = name;
  row.as_written = value;
  row.resolved = std::move(resolved);
  row.state = survey.state_of(row.resolved, "file");
  row.wanted = "file";
  row.call = "openat";
  row.process = actor.process;
  row.user = actor.who.name;
  row.effect = "HTTP 500";
  if (row.state == "missing") row.nearest = survey.nearest_path(row.resolved);
  row.replacement = row.nearest;
  survey.facts.add(std::move(row));
}

// The name and the value of Apache's php_value NAME VALUE.
std::optional<std::pair<std::string_view, std::string_view>> php_setting(
    const facts::Directive& row) {
  if (row.service != "apache" || (row.name != "php_value" && row.name != "php_admin_value"))
    return std::nullopt;
  const std::string_view args = row.args;
  const auto blank = args.find(' ');
  if (blank == args.npos) return std::nullopt;
  return std::pair{args.substr(0, blank), args.substr(blank + 1)};
}

bool is_relative(std::string_view value) {
  return !value.empty() && value != "none" && !value.starts_with('/') &&
         value.find("://") == std::string_view::npos && value.find('$') == std::string_view::npos;
}

// Names without a slash in front are looked for where the script is, which PHP makes its working
// directory, and along the include_path.
class Relative {
 public:
  explicit Relative(Survey& survey) : survey_(survey) {}

  void roots() {
    for (const auto& root : survey_.document_roots) {
      if (!holds_scripts(root.path)) continue;
      if (root.php == "mod_php")
        module_root(root.path);
      else if (const auto* pool = pool_for(survey_, root.php); pool != nullptr)
        pool_root(root.path, *pool);
    }
  }

  // Of a .user.ini: the scripts are those of its directory.
  void directory(const std::string& directory, const IniValues& own, const Pool& pool) {
    if (!pool.chroot.empty() || !holds_scripts(directory)) return;
    for (const auto name : kNames)
      if (const auto* value = find(own, name); value != nullptr && is_relative(value->value))
        judge(name, *value, directory, &pool, pool.ini_directory, pool.worker);
  }

  // What the scripts of a directory below inherit from the root, where it is found for the root's
  // own. No pool: mod_php.
  bool inherited(const std::string& root, const std::string& directory, const Pool* pool) {
    if (pool == nullptr ? !survey_.apache_child.has_value() : !pool->chroot.empty()) return false;
    const auto ini = pool == nullptr ? php::module_directory(survey_) : pool->ini_directory;
    bool lost = false;
    for (const auto name : kNames) {
      const auto value =
          pool == nullptr ? value_of_module(root, directory, name) : value_at(root, name, *pool);
      if (!value || !is_relative(value->value) || !found(root, pool, ini, value->value) ||
          found(directory, pool, ini, value->value))
        continue;
      judge(name, *value, directory, pool, ini,
            pool == nullptr ? *survey_.apache_child : pool->worker);
      lost = true;
    }
    return lost;
  }

  // The value that Apache's own files set: for a .htaccess its directory, else any root will do.
  void directive(const facts::Directive& row, std::string_view name, const std::string& value) {
    if (!is_relative(value)) return;
    std::vector<std::string> starts;
    if (row.context.starts_with("htaccess"))
      starts.emplace_back(tree::dirname(row.path));
    else
      for (const auto& root : survey_.document_roots)
        if (root.php == "mod_php") starts.push_back(root.path);
    std::erase_if(starts, [&](const auto& start) { return !holds_scripts(start); });
    if (starts.empty() || !survey_.apache_child) return;
    const bool somewhere = std::ranges::any_of(starts, [&](const auto& start) {
      return found(start, nullptr, php::module_directory(survey_), value).has_value();
    });
    if (!somewhere)
      judge(name, {value, row}, starts[0], nullptr, php::module_directory(survey_),
            *survey_.apache_child);
  }

 private:
  void pool_root(const std::string& root, const Pool& pool) {
    if (!pool.chroot.empty()) return;
    for (const auto name : kNames)
      if (const auto value = value_at(root, name, pool); value && is_relative(value->value))
        judge(name, *value, root, &pool, pool.ini_directory, pool.worker);
  }

  [[nodiscard]] std::optional<IniValue> value_at(const std::string& root, std::string_view name,
                                                 const Pool& pool) const {
    const auto own = user_ini(survey_, root, pool);
    const auto* value = find(own, name);
    if (value == nullptr) value = find(pool.php_values, name);
    if (value == nullptr) value = find(survey_.ini_of(pool.ini_directory), name);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }

  void module_root(const std::string& root) {
    const auto directory = php::module_directory(survey_);
    if (!survey_.apache_child) return;
    for (const auto name : kNames) {
      const bool other = std::ranges::any_of(
          survey_.facts.rows<facts::Directive>(),
          [&](const auto& row) { return row.service == "apache" && row.args.starts_with(name); });
      const auto* value = find(survey_.ini_of(directory), name);
      if (!other && value != nullptr && is_relative(value->value))
        judge(name, *value, root, nullptr, directory, *survey_.apache_child);
    }
  }

  // Of the directives, where one alone sets it for the directory; else of php.ini.
  [[nodiscard]] std::optional<IniValue> value_of_module(const std::string& root,
                                                        const std::string& directory,
                                                        std::string_view name) const {
    std::optional<IniValue> value;
    for (const auto& row : survey_.facts.rows<facts::Directive>()) {
      const auto set = php_setting(row);
      if (!set || set->first != name ||
          (row.context.starts_with("htaccess") &&
           !tree::is_within(directory, tree::dirname(row.path))))
        continue;
      const bool of_root = !row.context.starts_with("htaccess") || tree::dirname(row.path) == root;
      if (value || !of_root) return std::nullopt;
      value = IniValue{std::string(set->second), row};
    }
    if (value) return value;
    const auto* own = find(survey_.ini_of(php::module_directory(survey_)), name);
    return own == nullptr ? std::nullopt : std::optional(*own);
  }

  void judge(std::string_view name, const IniValue& value, const std::string& start,
             const Pool* pool, const std::string& ini_directory, const Actor& actor) {
    if (!told_.emplace(value.place.path, value.place.line, start).second) return;
    const auto there = found(start, pool, ini_directory, value.value);
    const auto path = there.value_or(tree::join(start, value.value));
    if (there && survey_.state_of(path, "file") == "found")
      survey_.open(actor,
                   {tree::Operation::read, path, value.place, "php", "request", "HTTP 500", true});
    else
      add_row(survey_, name, value.value, path, value.place, actor);
  }

  // Where the name is found, or may be; none: nowhere.
  [[nodiscard]] std::optional<std::string> found(const std::string& start, const Pool* pool,
                                                 const std::string& ini_directory,
                                                 const std::string& value) const {
    for (const auto& directory : directories(start, pool, ini_directory, value)) {
      auto path = tree::join(directory, value);
      const auto state = survey_.state_of(path, "file");
      if (state == "found" || state == "unseen") return path;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<std::string> directories(const std::string& start, const Pool* pool,
                                                     const std::string& ini_directory,
                                                     std::string_view value) const {
    std::vector<std::string> all{start};
    if (value.starts_with("./") || value.starts_with("../")) return all;
    php::Application application;
    application.root = start;
    php::add_settings(survey_, pool, ini_directory, application);
    for (const auto entry : text::words(application.include_path, ":"))
      if (entry != ".") all.push_back(tree::join(start, entry));
    return all;
  }

  [[nodiscard]] bool holds_scripts(const std::string& directory) const {
    const auto names = tree::list_directory(survey_.tree, directory);
    return names &&
           std::ranges::any_of(*names, [](const auto& name) { return name.ends_with(".php"); });
  }

  Survey& survey_;
  std::set<std::tuple<std::string, std::optional<std::int64_t>, std::string>> told_;
};

void read_user_ini(Survey& survey, const std::string& directory, const Pool& pool,
                   const IniValues& values) {
  if (values.empty()) return;
  const auto path = tree::join(directory, php::user_ini_name(survey, pool.ini_directory));
  survey.open(pool.worker, {tree::Operation::read, path, Survey::whole_file(path), "configuration",
                            "request", "PHP passes over its settings", false});
  for (const auto& [name, value] : values)
    add_prepended(survey, name, value.value, value.place, pool.worker);
}

}  // namespace

IniValues user_ini(Survey& survey, const std::string& root, const Pool& pool) {
  IniValues values;
  const auto name = php::user_ini_name(survey, pool.ini_directory);
  const auto path = tree::join(root, name);
  if (name.empty() || survey.state_of(path, "file") != "found") return values;
  const auto file = survey.load(path, "reference");
  if (!file) return values;
  namespace ini = syntax::ini;
  const auto document = ini::parse(survey.sources.content(*file), *file, ini::Dialect::php);
  for (const auto& section : document.sections)
    for (const auto& entry : section.entries)
      if (!entry.dynamic)
        values[entry.key.value] = {entry.value.value, survey.place(entry.value.span)};
  return values;
}

void add_prepended(Survey& survey, std::string_view name, std::string_view value,
                   facts::Place place, const Actor& actor) {
  if (std::ranges::find(kNames, name) == kNames.end()) return;
  if (!value.starts_with('/')) return;
  auto path = tree::normalize(value);
  if (actor.process != "php" && survey.state_of(path, "file") == "found")
    survey.open(actor, {tree::Operation::read, path, place, "php", "request", "HTTP 500", true});
  add_row(survey, name, value, std::move(path), std::move(place), actor);
}

void judge_user_ini(Survey& survey, const std::string& directory, const Pool& pool) {
  const auto own = user_ini(survey, directory, pool);
  read_user_ini(survey, directory, pool, own);
  Relative(survey).directory(directory, own, pool);
}

bool judge_inherited(Survey& survey, const std::string& root, const std::string& directory,
                     const Pool* pool) {
  return Relative(survey).inherited(root, directory, pool);
}

void read_prepended(Survey& survey) {
  const Actor nobody{"php", "php", {}};
  const auto& child = survey.apache_child ? *survey.apache_child : nobody;
  Relative relative(survey);
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    const auto set = php_setting(row);
    if (!set) continue;
    add_prepended(survey, set->first, set->second, row, child);
    if (std::ranges::find(kNames, set->first) != kNames.end())
      relative.directive(row, set->first, std::string(set->second));
  }
  for (const auto& root : survey.document_roots)
    if (const auto* pool = pool_for(survey, root.php); pool != nullptr)
      read_user_ini(survey, root.path, *pool, user_ini(survey, root.path, *pool));
  relative.roots();
  check_php_settings(survey);
}

}  // namespace stackaudit::stack

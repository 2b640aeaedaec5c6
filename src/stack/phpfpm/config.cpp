// fpm_conf.c: a setting belongs to the last section that was opened, whatever file that was in.
#include "stack/phpfpm/config.hpp"

#include "stack/phpfpm/settings.hpp"
#include "stack/placeholders.hpp"
#include "stack/systemd/environment.hpp"
#include "syntax/ini/ini.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace stackaudit::stack::phpfpm {
namespace {

namespace ini = syntax::ini;

constexpr int kMaxIncludeDepth = 5;

using text::lower;

class Reader {
 public:
  Reader(Survey& survey, std::string prefix, const ServiceUnit* unit, const OnOpen& on_open)
      : survey_(survey), prefix_(std::move(prefix)), unit_(unit), on_open_(on_open) {
    config_.global.name = "global";
  }

  void read(const std::string& path, const facts::Place& named_at, int depth) {
    on_open_(path, named_at, tree::Operation::read);
    survey_.note_file(path, "php-fpm", "configuration");
    const auto file = survey_.load(path, "directive");
    if (!file || is_filled_in_later(survey_, path, survey_.sources.content(*file))) return;
    const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::php_fpm);
    survey_.add_problems(document.problems, "php-fpm", "ini");
    config_.refused = config_.refused || !document.problems.empty();
    for (const auto& section : document.sections) {
      if (section.name.span.end > 0) open_section(section.name);
      for (auto entry : section.entries)
        if (put_variables(entry)) take(entry, depth);
    }
  }

  Config take_config() {
    for (const auto& pool : config_.pools) tell_doubled(pool);
    return std::move(config_);
  }

 private:
  PoolSection& current() {
    return pool_ < config_.pools.size() ? config_.pools[pool_] : config_.global;
  }

  void open_section(const syntax::Word& name) {
    pool_ = config_.pools.size();
    if (lower(name.value) == "global") return;
    const auto known = std::ranges::find_if(config_.pools, [&](const PoolSection& pool) {
      return text::equal_ignoring_case(pool.name, name.value);
    });
    pool_ = static_cast<std::size_t>(known - config_.pools.begin());
    if (known == config_.pools.end())
      config_.pools.push_back({name.value, name.span, {}, false});
    else
      known->again = name.span;
  }

  // A second section of a name adds to the first. One that is a whole pool, with an address of its
  // own, was meant to be another.
  void tell_doubled(const PoolSection& pool) {
    if (pool.again.file == text::FileId::none) return;
    std::set<std::string> listens;
    std::size_t managers = 0;
    for (const auto& setting : pool.settings) {
      if (setting.name == "listen") listens.insert(setting.value);
      managers += setting.name == "pm" ? 1U : 0U;
    }
    if (listens.size() < 2 || managers < 2) return;
    const auto& lost = *std::ranges::find(pool.settings, "listen", &Setting::name);
    add_problem(survey_, pool.again, "doubtful", "warning",
                "a pool " + pool.name + " is there already: both are one, and nobody listens on " +
                    lost.value,
                "give each pool a name of its own");
  }

  // zend_ini_get_var(): ${NAME} comes from the environment of the master. Of one whose value is not
  // known nothing is said.
  bool put_variables(ini::Entry& entry) {
    if (entry.pattern.empty()) return true;
    auto value = unit_ == nullptr ? std::nullopt : value_in_environment(*unit_, entry.pattern);
    if (!value) {
      current().refused = true;
      survey_.blind(survey_.place(entry.value.span), "directive", entry.value.value,
                    "a variable of php-fpm's environment that nothing here assigns");
      return false;
    }
    entry.value.value = *std::move(value);
    entry.dynamic = false;
    return true;
  }

  void take(const ini::Entry& entry, int depth) {
    // Only names without a key in brackets are found in any case.
    Setting setting{entry.has_subkey ? entry.key.value : lower(entry.key.value), entry.subkey,
                    ini::plain_value(entry), entry.has_value ? entry.value.span : entry.key.span,
                    entry.key.span};
    if (!entry.has_value)
      return refuse(entry.key.span, "parse", "value is NULL for a ZEND_INI_PARSER_ENTRY");
    if (entry.key.value == "include" && !entry.has_subkey) return include(setting, depth);
    const bool global = &current() == &config_.global;
    if (entry.dynamic) current().refused = true;  // what comes out is not known here
    const auto problem = check_setting(global, setting, entry.has_subkey);
    if (problem && (problem->at_key || !entry.dynamic)) {
      config_.refused = current().refused = true;
      add_problem(survey_, problem->at_key ? setting.key_span : setting.span, problem->code,
                  "error", problem->message, problem->help, problem->replacement);
    }
    current().settings.push_back(std::move(setting));
  }

  void refuse(text::Span span, std::string_view code, const std::string& message) {
    config_.refused = true;
    add_problem(survey_, span, code, "error", message);
  }

  void include(const Setting& setting, int depth) {
    if (depth >= kMaxIncludeDepth)
      return refuse(setting.span, "include", "failed to include more than 5 files recursively");
    const auto pattern = tree::join(prefix_, setting.value);
    const auto place = survey_.place(setting.span);
    const auto found = tree::glob(survey_.tree, pattern);
    for (const auto& [path, error] : found.unreadable)
      survey_.blind(place, "directive", path, tree::errno_words(error), true);
    for (const auto& directory : found.listed) {
      survey_.note_file(directory, "php-fpm", "configuration-directory");
      on_open_(directory, place, tree::Operation::read);
    }
    if (found.paths.empty())
      return add_reference(setting, pattern, found.unreadable.empty() ? "missing" : "unseen");
    for (const auto& path : found.paths) {
      const auto state = survey_.state_of(path, "file");
      add_reference(setting, path, state);
      if (state == "found") read(path, place, depth + 1);
    }
  }

  // A pattern without match is a warning, unless its directory is missing, too; a dangling link
  // is fatal.
  void add_reference(const Setting& setting, const std::string& path, const std::string& state) {
    const bool wildcard = tree::has_wildcard(path);
    const auto directory = std::string(tree::dirname(path));
    const bool directory_missing = wildcard && !tree::has_wildcard(directory) &&
                                   survey_.state_of(directory, "directory") == "missing";
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey_.place(setting.span);
    row.service = "php-fpm";
    row.kind = "include";
    row.as_written = setting.value;
    row.resolved = path;
    row.state = state;
    // Of the files that a pattern finds, the link itself is to be mended.
    if (state == "dangling" && path != tree::join(prefix_, setting.value)) {
      row.reached_from = row.path;
      static_cast<facts::Place&>(row) = Survey::whole_file(path);
      row.as_written = path;
    }
    row.required = state == "dangling" || directory_missing;
    row.wanted = "file";
    row.process = "php-fpm master";
    row.user = "root";
    row.call = "openat";
    row.effect = row.required ? "php-fpm does not start" : "no settings are read from there";
    if (state == "missing" && directory_missing) {
      const auto near = survey_.nearest_path(directory);
      if (!near.empty()) row.nearest = tree::join(near, tree::basename(path));
      row.replacement = row.nearest;
    } else if (state == "missing" && !wildcard) {
      row.nearest = survey_.nearest_path(path);
      row.replacement = row.nearest;
    }
    survey_.facts.add(std::move(row));
    config_.refused = config_.refused || (row.required && state != "found" && state != "unseen");
  }

  Survey& survey_;
  std::string prefix_;
  const ServiceUnit* unit_;
  const OnOpen& on_open_;
  Config config_;
  std::size_t pool_ = 0;  // of config_.pools; its size: the global section
};

}  // namespace

const Setting* PoolSection::find(std::string_view setting, std::string_view subkey) const {
  const Setting* found = nullptr;
  for (const auto& candidate : settings)
    if (candidate.name == setting && (subkey.empty() || candidate.subkey == subkey))
      found = &candidate;
  return found;
}

std::string PoolSection::value(std::string_view setting) const {
  const auto* found = find(setting);
  return found == nullptr ? std::string{} : found->value;
}

Config read_config(Survey& survey, const std::string& path, const std::string& prefix,
                   const ServiceUnit* unit, const OnOpen& on_open) {
  Reader reader(survey, prefix, unit, on_open);
  reader.read(path, Survey::whole_file(path), 0);
  return reader.take_config();
}

void add_problem(Survey& survey, text::Span span, std::string_view code, std::string_view severity,
                 std::string message, std::string help, std::string replacement) {
  survey.add_problem(survey.place(span), {.service = "php-fpm",
                                          .language = "ini",
                                          .code = code,
                                          .severity = severity,
                                          .message = std::move(message),
                                          .help = std::move(help),
                                          .replacement = std::move(replacement)});
}

}  // namespace stackaudit::stack::phpfpm

// Settings by a table: name, and what an assignment does to the unit.
#include "stack/systemd/load.hpp"

#include "stack/systemd/environment.hpp"
#include "stack/systemd/spelling.hpp"
#include "stack/systemd/unit_paths.hpp"
#include "syntax/ini/ini.hpp"
#include "syntax/ini/words.hpp"
#include "text/mode.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

class Loader {
 public:
  Loader(Survey& survey, ServiceUnit& unit) : survey_(survey), unit_(unit), paths_(survey, unit) {}

  void read(const std::string& path) {
    const auto file = survey_.load(path, "unit");
    if (!file) return;
    const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::systemd);
    for (const auto& found : document.problems) {
      const bool error = found.severity == text::Severity::error;
      unit_.refused = unit_.refused || error;
      problem(survey_.place(found.span), "parse", error ? "error" : "warning", found.message);
    }
    for (const auto& section : document.sections) {
      if (section.name.value == "Install") unit_.has_install = true;
      check_spelling(survey_, section, problems_);
      if (section.name.value != "Service") continue;
      for (const auto& entry : section.entries) apply(entry);
    }
  }

  std::vector<facts::SyntaxProblem> finish() {
    unit_.net_bind_service = unit_.ambient.net_bind_service;
    if (unit_.exec_start.empty() && unit_.type != "oneshot")
      refuse(unit_.emptied_place.value_or(Survey::whole_file(unit_.path)),
             "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.");
    if (unit_.exec_start.size() > 1 && unit_.type != "oneshot")
      refuse(unit_.exec_start.back().place,
             "Service has more than one ExecStart= setting, which is only allowed for "
             "Type=oneshot services. Refusing.",
             "put an empty ExecStart= before it to replace the former command");
    if (unit_.dynamic_user) make_dynamic(unit_, dynamic_place_);
    raise_fences(unit_);
    return std::move(problems_);
  }

 private:
  using Setter = void (Loader::*)(const ini::Entry&);
  static const std::map<std::string_view, Setter>& setters();

  void apply(const ini::Entry& entry) {
    const auto setter = setters().find(entry.key.value);
    if (setter != setters().end()) (this->*setter->second)(entry);
  }

  void problem(facts::Place place, std::string_view code, std::string_view severity,
               std::string message, std::string help = {}) {
    problems_.push_back(
        unit_problem(std::move(place), code, severity, std::move(message), std::move(help)));
  }
  void refuse(const facts::Place& place, const std::string& message, const std::string& help = {}) {
    unit_.refused = true;
    problem(place, "bad-value", "error", message, help);
  }

  void set_user(const ini::Entry& entry) {
    set_name(entry, unit_.user);
    unit_.user_place = survey_.place(entry.value.span);
  }
  void set_group(const ini::Entry& entry) {
    set_name(entry, unit_.group);
    unit_.group_place = survey_.place(entry.value.span);
  }
  void set_name(const ini::Entry& entry, std::optional<std::string>& name) const {
    name.reset();
    if (!entry.value.value.empty()) name = expand_specifiers(entry.value.value, unit_.name).text;
  }
  void set_type(const ini::Entry& entry) {
    if (auto refused = refused_type(survey_.place(entry.value.span), entry.value.value))
      return problems_.push_back(*std::move(refused));
    unit_.type = entry.value.value;
    unit_.type_place = survey_.place(entry.value.span);
  }
  template <std::string ServiceUnit::*text>
  void set_text(const ini::Entry& entry) {
    unit_.*text = entry.value.value;
  }
  template <bool ServiceUnit::*flag>
  void set_flag(const ini::Entry& entry) {
    unit_.*flag = is_true_word(entry.value.value);
  }
  void set_pid_file(const ini::Entry& entry) {
    const auto path = expand_specifiers(entry.value.value, unit_.name).text;
    unit_.pid_file = path.empty() ? path : tree::join("/run", path);
    unit_.pid_file_place = survey_.place(entry.value.span);
  }
  void set_dynamic_user(const ini::Entry& entry) {
    unit_.dynamic_user = is_true_word(entry.value.value);
    dynamic_place_ = survey_.place(entry.value.span);
  }

  void add_groups(const ini::Entry& entry) {
    if (entry.value.value.empty()) unit_.supplementary_groups.clear();
    for (const auto& word : ini::split_words(entry.value.value).words)
      unit_.supplementary_groups.push_back({expand_specifiers(word.text, unit_.name).text,
                                            paths_.place_of(entry, word.begin, word.end)});
  }
  void add_runtime_directories(const ini::Entry& entry) {
    add_words(entry, unit_.runtime_directories);
  }
  void set_runtime_mode(const ini::Entry& entry) {
    set_mode(entry, unit_.runtime_mode);
    unit_.runtime_mode_place = survey_.place(entry.value.span);
  }
  void add_families(const ini::Entry& entry) {
    assign_families(entry.value.value, survey_.place(entry.value.span), unit_.families);
  }
  void add_words(const ini::Entry& entry, std::vector<std::string>& list) const {
    if (entry.value.value.empty()) list.clear();
    for (const auto& word : ini::split_words(entry.value.value).words)
      list.push_back(expand_specifiers(word.text, unit_.name).text);
  }

  void add_environment(const ini::Entry& entry) {
    if (entry.value.value.empty()) unit_.environment.clear();
    for (const auto& word : ini::split_words(entry.value.value).words)
      if (const auto sign = word.text.find('='); sign != std::string::npos) {
        const auto name = word.text.substr(0, sign);
        unit_.environment_places[name] = survey_.place(entry.value.span);
        unit_.environment.emplace_back(
            name, expand_specifiers(word.text.substr(sign + 1), unit_.name).text);
      }
  }

  void add_environment_file(const ini::Entry& entry) {
    const auto& value = entry.value.value;
    if (value.empty()) return unit_.environment_files.clear();
    auto file = paths_.named(entry, value, 0);
    if (!file) return;
    if (!file->path.starts_with('/'))
      return problem(file->place, "bad-value", "warning",
                     "EnvironmentFile= path is not absolute, ignoring: " + value);
    unit_.environment_files.push_back(*std::move(file));
  }

  void add_writable(const ini::Entry& entry) { paths_.add_fences(entry, Fence::Kind::writable); }
  void add_read_only(const ini::Entry& entry) { paths_.add_fences(entry, Fence::Kind::read_only); }
  void add_hidden(const ini::Entry& entry) { paths_.add_fences(entry, Fence::Kind::hidden); }
  void add_temporary(const ini::Entry& entry) { paths_.add_temporary(entry); }
  void add_bound(const ini::Entry& entry) { paths_.add_bound(entry); }
  void set_protection(const ini::Entry& entry) {
    auto& kept = entry.key.value == "ProtectHome" ? unit_.protect_home : unit_.protect_system;
    kept = IniValue{entry.value.value, survey_.place(entry.value.span)};
  }
  void set_limit(const ini::Entry& entry) {
    unit_.limits.erase(entry.key.value);
    if (!entry.value.value.empty())
      unit_.limits[entry.key.value] = {entry.value.value, survey_.place(entry.value.span)};
  }
  void set_private_tmp(const ini::Entry& entry) {
    unit_.private_tmp.reset();
    if (is_true_word(entry.value.value)) unit_.private_tmp = survey_.place(entry.value.span);
  }
  void add_own_directories(const ini::Entry& entry) {
    const std::string base(base_of(entry.key.value));
    auto& own = unit_.own_directories[base];
    own.place = survey_.place(entry.value.span);
    auto& names = own.names;
    const auto before = entry.value.value.empty() ? 0 : names.size();
    add_words(entry, names);
    for (std::size_t i = before; i < names.size(); ++i) {
      names[i] = base + names[i].substr(0, names[i].find(':'));
      unit_.fences.push_back(
          {names[i], Fence::Kind::writable, entry.key.value, survey_.place(entry.value.span)});
    }
  }
  void set_own_mode(const ini::Entry& entry) {
    std::string_view setting = entry.key.value;
    setting.remove_suffix(std::string_view("Mode").size());
    auto& own = unit_.own_directories[std::string(base_of(setting))];
    set_mode(entry, own.mode);
    own.place = survey_.place(entry.value.span);
  }
  static void set_mode(const ini::Entry& entry, unsigned& mode) {
    mode = text::read_octal(entry.value.value).value_or(mode);
  }
  void set_working_directory(const ini::Entry& entry) {
    unit_.working_directory.reset();
    auto path = paths_.named(entry, entry.value.value, 0);
    unit_.works_at_home = path && path->path == "~";
    if (!path || path->path.empty() || unit_.works_at_home) return;
    if (!path->path.starts_with('/'))
      return refuse(path->place, "WorkingDirectory= path is not absolute: " + entry.value.value);
    unit_.working_directory = std::move(path);
  }

  void set_root_directory(const ini::Entry& entry) {
    unit_.root_directory.reset();
    auto path = paths_.named(entry, entry.value.value, 0);
    if (path && path->path.starts_with('/')) unit_.root_directory = std::move(path);
  }

  void set_ambient(const ini::Entry& entry) {
    unit_.ambient_place = survey_.place(entry.value.span);
    assign_capabilities(entry.value.value, unit_.ambient, ambient_given_);
    assign_powers(entry.value.value, unit_.ambient_powers);
  }
  void set_bounding(const ini::Entry& entry) {
    unit_.bounding_place = survey_.place(entry.value.span);
    assign_capabilities(entry.value.value, unit_.bounding, bounding_given_);
  }

  void add_start_pre(const ini::Entry& entry) { add_commands(entry, unit_.exec_start_pre); }
  void add_start(const ini::Entry& entry) {
    if (entry.value.value.empty()) unit_.emptied_place = survey_.place(entry.key.span);
    add_commands(entry, unit_.exec_start);
  }
  void add_start_post(const ini::Entry& entry) { add_commands(entry, unit_.exec_start_post); }
  void add_other(const ini::Entry& entry) { add_commands(entry, unit_.exec_others); }

  void add_commands(const ini::Entry& entry, std::vector<Command>& list) {
    const auto& value = entry.value.value;
    const auto& setting = entry.key.value;
    if (value.empty()) {
      std::erase_if(list, [&](const Command& command) { return command.setting == setting; });
      return;
    }
    const auto words = ini::split_words(value);
    const auto place = survey_.place(entry.value.span);
    if (words.unbalanced) return refuse(place, "Unbalanced quoting, ignoring: \"" + value + "\"");
    for (const auto& command : ini::split_commands(words)) add_command(entry, command, list);
  }

  void add_command(const ini::Entry& entry, const std::vector<ini::ValueWord>& words,
                   std::vector<Command>& list) {
    const auto prefixed = without_prefixes(words.front().text);
    const auto program = prefixed.program;
    Command command;
    command.setting = entry.key.value;
    command.place = survey_.place(entry.value.span);
    command.ignore_failure = prefixed.ignore_failure;
    command.full_privileges = prefixed.full_privileges;
    const auto end = words.front().end;
    command.program_place = paths_.place_of(
        entry, words.front().quoted ? words.front().begin : end - program.size(), end);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto expanded = expand_specifiers(i == 0 ? program : words[i].text, unit_.name);
      if (expanded.refused != 0)
        return refuse(command.place, std::string("Failed to resolve unit specifiers in %") +
                                         expanded.refused + ": Invalid slot");
      if (i == 0)
        command.program = expanded.text;
      else if (!(prefixed.named && i == 1))
        command.args.push_back(expanded.text);
    }
    if (!command.program.starts_with('/') && command.program.find('/') != std::string::npos)
      return refuse(command.program_place,
                    "Neither a valid executable name nor an absolute path: " + command.program);
    list.push_back(std::move(command));
  }

  Survey& survey_;
  ServiceUnit& unit_;
  UnitPaths paths_;
  std::vector<facts::SyntaxProblem> problems_;
  bool ambient_given_ = false, bounding_given_ = false;
  facts::Place dynamic_place_;
};

const std::map<std::string_view, Loader::Setter>& Loader::setters() {
  static const std::map<std::string_view, Setter> table{
      {"User", &Loader::set_user},
      {"Group", &Loader::set_group},
      {"Type", &Loader::set_type},
      {"PIDFile", &Loader::set_pid_file},
      {"KillMode", &Loader::set_text<&ServiceUnit::kill_mode>},
      {"TimeoutStartSec", &Loader::set_text<&ServiceUnit::start_timeout>},
      {"TimeoutSec", &Loader::set_text<&ServiceUnit::start_timeout>},
      {"StandardOutput", &Loader::set_text<&ServiceUnit::standard_output>},
      {"StandardError", &Loader::set_text<&ServiceUnit::standard_error>},
      {"RemainAfterExit", &Loader::set_flag<&ServiceUnit::remains_after_exit>},
      {"RootDirectory", &Loader::set_root_directory},
      {"DynamicUser", &Loader::set_dynamic_user},
      {"SupplementaryGroups", &Loader::add_groups},
      {"RuntimeDirectory", &Loader::add_runtime_directories},
      {"RuntimeDirectoryMode", &Loader::set_runtime_mode},
      {"RestrictAddressFamilies", &Loader::add_families},
      {"Environment", &Loader::add_environment},
      {"EnvironmentFile", &Loader::add_environment_file},
      {"WorkingDirectory", &Loader::set_working_directory},
      {"AmbientCapabilities", &Loader::set_ambient},
      {"CapabilityBoundingSet", &Loader::set_bounding},
      {"ReadWritePaths", &Loader::add_writable},
      {"ReadOnlyPaths", &Loader::add_read_only},
      {"InaccessiblePaths", &Loader::add_hidden},
      {"ProtectSystem", &Loader::set_protection},
      {"ProtectHome", &Loader::set_protection},
      {"PrivateTmp", &Loader::set_private_tmp},
      {"LimitNOFILE", &Loader::set_limit},
      {"MemoryMax", &Loader::set_limit},
      {"NoNewPrivileges", &Loader::set_flag<&ServiceUnit::no_new_privileges>},
      {"StateDirectory", &Loader::add_own_directories},
      {"LogsDirectory", &Loader::add_own_directories},
      {"CacheDirectory", &Loader::add_own_directories},
      {"StateDirectoryMode", &Loader::set_own_mode},
      {"LogsDirectoryMode", &Loader::set_own_mode},
      {"CacheDirectoryMode", &Loader::set_own_mode},
      {"TemporaryFileSystem", &Loader::add_temporary},
      {"BindPaths", &Loader::add_bound},
      {"BindReadOnlyPaths", &Loader::add_bound},
      {"ExecCondition", &Loader::add_start_pre},
      {"ExecStartPre", &Loader::add_start_pre},
      {"ExecStart", &Loader::add_start},
      {"ExecStartPost", &Loader::add_start_post},
      {"ExecReload", &Loader::add_other},
      {"ExecStop", &Loader::add_other},
      {"ExecStopPost", &Loader::add_other}};
  return table;
}

}  // namespace

std::vector<facts::SyntaxProblem> load_unit(Survey& survey, ServiceUnit& unit) {
  unit.user_place = Survey::whole_file(unit.path);
  unit.group_place = unit.type_place = unit.pid_file_place = unit.user_place;
  Loader loader(survey, unit);
  loader.read(unit.path);
  for (const auto& path : unit.drop_ins) loader.read(path);
  expand_environment(survey, unit);
  return loader.finish();
}

}  // namespace stackaudit::stack

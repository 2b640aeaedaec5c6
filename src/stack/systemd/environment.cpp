// Only names that are assigned are replaced; others are empty words to systemd, but may come from
// PassEnvironment= or the manager, and stay as they are.
#include "stack/systemd/environment.hpp"

#include "stack/systemd/load.hpp"
#include "stack/systemd/spelling.hpp"
#include "syntax/ini/words.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFileLimit = 1U << 20U;

// systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager"; those of
// sockets, watchdogs, directories and results have common words.
constexpr std::array<std::string_view, 12> kOwnNames{
    "PATH",    "LANG",       "USER",          "LOGNAME", "HOME",    "SHELL",
    "MAINPID", "MANAGERPID", "INVOCATION_ID", "TERM",    "PIDFILE", "TZ"};
constexpr std::array<std::string_view, 10> kOwnWords{
    "LC_",           "XDG_",           "LISTEN_",  "WATCHDOG_", "_DIRECTORY",
    "NOTIFY_SOCKET", "JOURNAL_STREAM", "TRIGGER_", "SERVICE_",  "SYSTEMD_"};

std::string unquoted(std::string_view value) {
  const bool quoted = value.size() > 1 && value.front() == value.back() &&
                      (value.front() == '"' || value.front() == '\'');
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

// Lines NAME=value, the value in quotes or not; "#" and ";" begin comments.
void read_assignments(std::string_view text, ServiceUnit& unit) {
  for (const auto& each : text::lines(text)) {
    const auto line = text::trimmed(each.text);
    const auto sign = line.find('=');
    if (line.empty() || line[0] == '#' || line[0] == ';' || sign == std::string_view::npos)
      continue;
    unit.environment.emplace_back(text::trimmed(line.substr(0, sign)),
                                  unquoted(text::trimmed(line.substr(sign + 1))));
  }
}

bool read_files(Survey& survey, ServiceUnit& unit) {
  for (const auto& file : unit.environment_files) {
    if (tree::has_wildcard(file.path) || tree::is_within(file.path, "/run")) return false;
    const auto end = tree::resolve(survey.tree, file.path);
    if (tree::is_unseen(end.error)) return false;
    if (!end) continue;
    const auto text = tree::read_file(survey.tree, end.path, kFileLimit);
    if (!text) return false;
    read_assignments(*text, unit);
  }
  return true;
}

const std::string* assigned(const ServiceUnit& unit, std::string_view name) {
  const std::string* value = nullptr;  // the last assignment counts
  for (const auto& [known, text] : unit.environment)
    if (known == name) value = &text;
  return value;
}

class Expander {
 public:
  explicit Expander(const ServiceUnit& unit) : unit_(unit) {}

  [[nodiscard]] std::vector<std::string> words(const std::vector<std::string>& args) const {
    std::vector<std::string> out;
    for (const auto& arg : args) {
      const auto* value = arg.size() > 1 && arg[0] == '$' && arg[1] != '{'
                              ? assigned(unit_, arg.substr(1))
                              : nullptr;
      if (value == nullptr) {
        out.push_back(with_environment(unit_, arg));
        continue;
      }
      for (const auto& word : syntax::ini::split_words(*value).words) out.push_back(word.text);
    }
    return out;
  }

 private:
  const ServiceUnit& unit_;
};

// Whether every variable comes from the unit: no file of EnvironmentFile=- is absent, and the
// manager hands none on.
bool says_all(Survey& survey, const ServiceUnit& unit) {
  for (const auto& file : unit.environment_files)
    if (!tree::resolve(survey.tree, file.path)) return false;
  bool passed = false;
  for_each_setting(survey, unit, [&](std::string_view, const syntax::ini::Entry& entry) {
    passed = passed || entry.key.value == "PassEnvironment";
  });
  const auto manager = tree::read_file(survey.tree, "/etc/systemd/system.conf", kFileLimit);
  return !passed && (!manager || manager->find("\nDefaultEnvironment=") == std::string::npos);
}

bool is_own(std::string_view name) {
  const auto in = [&](std::string_view word) { return name.find(word) != name.npos; };
  return std::ranges::find(kOwnNames, name) != kOwnNames.end() ||
         std::ranges::any_of(kOwnWords, in);
}

// ${NAME} without a value becomes an empty word, or an empty piece of one; $NAME vanishes, which is
// how options that may be absent are written.
void tell_unset(Survey& survey, const ServiceUnit& unit, const Command& command,
                std::set<std::string>& told) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : unit.environment) known.push_back(name);
  for (const auto& arg : command.args)
    for (auto at = arg.find("${"); at != std::string::npos; at = arg.find("${", at + 2)) {
      const auto end = arg.find('}', at);
      if (end == std::string::npos) break;
      const auto name = arg.substr(at + 2, end - at - 2);
      const bool word = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
      });
      if (!word || (at > 0 && arg[at - 1] == '$') || is_own(name) ||
          std::ranges::find(known, name) != known.end() || !told.insert(name).second)
        continue;
      const auto near = text::nearest(name, known);
      survey.facts.add(
          unit_problem(command.place, "unset-variable", "warning",
                       "${" + name + "} has no value: the command gets an empty word in its place",
                       near ? "did you mean ${" + *near + "}?"
                            : "assign it in Environment= or in a file of EnvironmentFile="));
    }
}

}  // namespace

std::string with_environment(const ServiceUnit& unit, std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = std::min(text.find("${", at), text.size());
    out += text.substr(at, begin - at);
    const auto end = text.find('}', begin);
    if (end == std::string_view::npos) return out += text.substr(begin);
    const auto* value = assigned(unit, text.substr(begin + 2, end - begin - 2));
    out += value != nullptr ? *value : text.substr(begin, end + 1 - begin);
    at = end + 1;
  }
  return out;
}

std::optional<std::string> value_in_environment(const ServiceUnit& unit, std::string_view text) {
  auto out = with_environment(unit, text);
  for (auto at = out.find("${"); at != std::string::npos; at = out.find("${", at)) {
    const auto end = out.find('}', at);
    const auto name = out.substr(at + 2, end - at - 2);
    if (!unit.environment_whole || end == std::string::npos || is_own(name) ||
        name.find(':') != std::string::npos)  // ${NAME:-otherwise}, since PHP 8.3
      return std::nullopt;
    out.erase(at, end + 1 - at);
  }
  return out;
}

void expand_environment(Survey& survey, ServiceUnit& unit) {
  if (!read_files(survey, unit)) return;
  std::vector<const Command*> local;
  for (const auto* commands : {&unit.exec_start_pre, &unit.exec_start})
    for (const auto& command : *commands)
      if (is_local(command.place)) local.push_back(&command);
  std::set<std::string> told;
  unit.environment_whole = says_all(survey, unit);
  if (unit.environment_whole)
    for (const auto* command : local) tell_unset(survey, unit, *command, told);
  if (unit.environment.empty()) return;
  const Expander expander(unit);
  for (auto* commands : {&unit.exec_start_pre, &unit.exec_start})
    for (auto& command : *commands) command.args = expander.words(command.args);
}

}  // namespace stackaudit::stack

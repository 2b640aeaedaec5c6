// Output files, credentials, private networks and filters of system calls, systemd.exec(5).
#include "stack/systemd/isolation.hpp"

#include "stack/runtime_places.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/references.hpp"
#include "stack/systemd/spelling.hpp"
#include "syntax/ini/ini.hpp"
#include "syntax/ini/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

// The calls without which a server cannot start, and the groups of systemd-analyze(1)
// syscall-filter that have them.
struct Need {
  std::string_view call, why;
  std::array<std::string_view, 4> groups;
  bool implied = false;  // every list of allowed calls has it
};
constexpr std::array kNeeds{
    Need{"setuid",
         "its workers, which are to change their user, are killed",
         {"@setuid", "@privileged", "@system-service", ""}},
    Need{"bind", "it cannot listen", {"@network-io", "@system-service", "", ""}},
    Need{"execve", "the program cannot be started", {"@default", "@system-service", "", ""}, true}};

bool serves(std::string_view kind) {
  return kind == "nginx" || kind == "apache";
}

class Isolation {
 public:
  Isolation(Survey& survey, const ServiceUnit& unit) : survey_(survey), unit_(unit) {}

  void run() {
    for_each_setting(survey_, unit_, [&](std::string_view section, const ini::Entry& entry) {
      if (section == "Unit") joined_ = joined_ || entry.key.value == "JoinsNamespaceOf";
      if (section == "Service") apply(entry);
    });
    for (auto& [key, row] : outputs_) survey_.facts.add(std::move(row));
    for (auto& [id, row] : credentials_) survey_.facts.add(std::move(row));
    for (const auto& id : given_)
      survey_.brought.insert(tree::join("/run/credentials/" + unit_.name, id));
    survey_.brought.insert(bound_.begin(), bound_.end());
    if (private_network_ && !joined_ && serves(unit_.kind))
      survey_.facts.add(unit_problem(*private_network_, "private-network", "error",
                                     "PrivateNetwork= gives " + unit_.name +
                                         " a network of its own: nobody reaches what it listens on",
                                     "take it out of the unit of a server"));
    calls();
  }

 private:
  void apply(const ini::Entry& entry) {
    const auto& key = entry.key.value;
    const auto& value = entry.value.value;
    const auto place = survey_.place(entry.value.span);
    if (auto complaint = complaint_about(key, value))
      return void(survey_.facts.add(
          unit_problem(place, "bad-value", "warning", std::move(complaint->message),
                       std::move(complaint->help), std::move(complaint->replacement))));
    if (key == "StandardOutput" || key == "StandardError") output(key, value, place);
    if (key.find("Credential") != std::string::npos) give(value);
    if (key == "BindPaths" || key == "BindReadOnlyPaths") bind(value);
    if (key == "LoadCredential" || key == "SetCredential") credential(key, value, place);
    if (key == "PrivateNetwork") {
      private_network_.reset();
      if (is_true_word(value)) private_network_ = place;
    }
    if (key == "NetworkNamespacePath") joined_ = true;
    if (key == "SystemCallFilter") filter(value, place);
  }

  // Opened before the directories of LogsDirectory= and its kin are made, as root.
  void output(const std::string& key, const std::string& value, const facts::Place& place) {
    outputs_.erase(key);
    const auto colon = value.find(':');
    const auto kind = value.substr(0, colon);
    if (kind != "file" && kind != "append" && kind != "truncate") return;
    const auto path =
        expand_specifiers(value.substr(std::min(colon + 1, value.size())), unit_.name);
    if (!path.known || path.refused != 0 || !path.text.starts_with('/')) return;
    const std::string directory(tree::dirname(tree::normalize(path.text)));
    const bool made = std::ranges::any_of(unit_.fences, [&](const Fence& fence) {
      return fence.path == directory && fence.kind == Fence::Kind::writable;
    });
    if (made || is_made_at_run_time(directory)) return;
    outputs_.insert_or_assign(
        key, reference(place, "output-directory", directory, "directory", "status=209/STDOUT"));
  }

  // LoadCredential=, SetCredential= and their encrypted kin: ID:PATH, ID:TEXT, ID. The files of a
  // directory are called ID_NAME.
  void give(const std::string& value) {
    if (value.empty()) return given_.clear();
    const auto colon = value.find(':');
    const auto id = value.substr(0, colon);
    given_.insert(id);
    if (colon == std::string::npos) return;
    if (const auto names = tree::list_directory(survey_.tree, value.substr(colon + 1)))
      for (const auto& name : *names) given_.insert(id + "_" + name);
  }

  // SOURCE:DESTINATION: what is seen at the destination lies elsewhere.
  void bind(const std::string& value) {
    if (value.empty()) return bound_.clear();
    for (const auto& word : ini::split_words(value).words) {
      auto source = std::string_view(word.text);
      source.remove_prefix(source.starts_with('-') ? 1 : 0);
      const auto colon = source.find(':');
      if (colon == source.npos) continue;
      const auto target = source.substr(colon + 1, source.find(':', colon + 1) - (colon + 1));
      if (target.starts_with('/') && target != source.substr(0, colon))
        bound_.insert(tree::normalize(target));
    }
  }

  void credential(const std::string& key, const std::string& value, const facts::Place& place) {
    if (value.empty()) return credentials_.clear();
    const auto colon = value.find(':');
    const auto id = value.substr(0, colon);
    if (key == "SetCredential") {
      defaults_.insert(id);
      credentials_.erase(id);
      return;
    }
    if (colon == std::string::npos || defaults_.contains(id)) return;
    const auto path = expand_specifiers(value.substr(colon + 1), unit_.name);
    if (!path.known || path.refused != 0 || !path.text.starts_with('/')) return;
    if (is_made_at_run_time(path.text)) return;
    credentials_.insert_or_assign(
        id, reference(place, "credential", path.text, "", "status=243/CREDENTIALS"));
  }

  [[nodiscard]] facts::Reference reference(const facts::Place& place, const std::string& kind,
                                           const std::string& path, const std::string& wanted,
                                           const std::string& status) const {
    auto row = unit_reference(unit_, place, kind, path);
    row.resolved = tree::normalize(path);
    row.state = survey_.state_of(row.resolved, wanted.empty() ? "file" : wanted);
    if (wanted.empty() && row.state == "wrong-type") row.state = "found";
    row.required = true;
    row.wanted = wanted.empty() ? "file or directory" : wanted;
    if (row.state == "missing") row.nearest = survey_.nearest_path(row.resolved);
    row.call = "openat";
    row.effect = unit_.name + " does not start (" + status + ")";
    return row;
  }

  // The first list says whether it names what is left or what is taken; later ones add to it or,
  // with the other sign, take from it.
  void filter(std::string_view value, const facts::Place& place) {
    if (value.empty()) {
      filtered_.reset();
      return;
    }
    const bool denies = value.starts_with('~');
    if (denies) value.remove_prefix(1);
    if (!filtered_)
      for (std::size_t i = 0; i < kNeeds.size(); ++i) left_[i] = denies || kNeeds[i].implied;
    filtered_ = place;
    for (const auto& word : ini::split_words(value).words) {
      const auto name = word.text.substr(0, word.text.find(':'));
      for (std::size_t i = 0; i < kNeeds.size(); ++i)
        if (name == kNeeds[i].call ||
            std::ranges::find(kNeeds[i].groups, name) != kNeeds[i].groups.end())
          left_[i] = !denies;
    }
  }

  void calls() {
    if (!filtered_ || unit_.kind.empty()) return;
    const bool own_user = unit_.user && *unit_.user != "root" && *unit_.user != "0";
    for (std::size_t i = 0; i < kNeeds.size(); ++i) {
      if (left_[i] || (own_user && kNeeds[i].call == "setuid")) continue;
      return void(survey_.facts.add(
          unit_problem(*filtered_, "system-calls", "error",
                       "SystemCallFilter= leaves " + unit_.name + " without " +
                           std::string(kNeeds[i].call) + ": " + std::string(kNeeds[i].why),
                       "allow " + std::string(kNeeds[i].groups[0]) + " after it")));
    }
  }

  Survey& survey_;
  const ServiceUnit& unit_;
  std::map<std::string, facts::Reference> outputs_, credentials_;
  std::set<std::string> defaults_, given_, bound_;
  std::optional<facts::Place> private_network_, filtered_;
  std::array<bool, kNeeds.size()> left_{};
  bool joined_ = false;
};

}  // namespace

void check_unit_isolation(Survey& survey, const ServiceUnit& unit) {
  Isolation(survey, unit).run();
}

}  // namespace stackaudit::stack

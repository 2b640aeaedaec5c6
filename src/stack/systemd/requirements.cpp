// [Unit]: what must be there before systemd starts the unit. systemd.unit(5), "Requires=" and
// "Conditions and Asserts".
#include "stack/runtime_places.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/references.hpp"
#include "stack/systemd/spelling.hpp"
#include "syntax/ini/ini.hpp"
#include "syntax/ini/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

constexpr std::array<std::string_view, 3> kRequirements{"Requires", "BindsTo", "Requisite"};

// Tests for a path, and the type that they ask for; Assert... of the same name fails the start.
struct PathTest {
  std::string_view name, wanted;
};
constexpr std::array kPathTests{PathTest{"PathExists", ""},
                                PathTest{"PathExistsGlob", ""},
                                PathTest{"PathIsDirectory", "directory"},
                                PathTest{"DirectoryNotEmpty", "directory"},
                                PathTest{"PathIsMountPoint", "mount point"},
                                PathTest{"FileIsExecutable", "file"},
                                PathTest{"FileNotEmpty", "file"}};

class Requirements {
 public:
  Requirements(Survey& survey, const UnitSearch& search, const ServiceUnit& unit)
      : survey_(survey), search_(search), unit_(unit) {}

  // Whether a condition keeps systemd from starting the unit at all.
  bool add_all() {
    for_each_setting(survey_, unit_, [&](std::string_view section, const ini::Entry& entry) {
      if (section == "Unit") add(entry);
    });
    read_directories();
    bool skipped = false;
    for (auto& [key, rows] : rows_)
      for (auto& row : rows) {
        skipped = skipped || (row.kind == "condition" && row.state == "missing");
        survey_.facts.add(std::move(row));
      }
    return skipped;
  }

 private:
  void add(const ini::Entry& entry) {
    const auto& key = entry.key.value;
    if (std::ranges::find(kRequirements, key) != kRequirements.end()) return required(entry);
    if (key == "Conflicts") return conflicting(entry);
    if (key == "OnFailure") return on_failure(entry);
    for (const std::string_view start : {"Condition", "Assert"}) {
      if (!key.starts_with(start)) continue;
      const auto* test = std::ranges::find(kPathTests, std::string_view(key).substr(start.size()),
                                           &PathTest::name);
      if (test != kPathTests.end()) tested(entry, *test, start == "Assert");
    }
  }

  // Lists of dependencies only grow: an empty assignment does not reset them.
  void required(const ini::Entry& entry) {
    if (survey_.state_of("/usr/lib/systemd/system", "directory") != "found") return;
    for (const auto& name : units_in(entry))
      if (name.ends_with(".service"))
        require(survey_.place(entry.value.span), name, entry.key.value);
  }

  void require(const facts::Place& place, const std::string& name, const std::string& key) {
    const auto fragment = search_.fragment(name);
    auto& row = add_named(place, "required-unit", name, fragment, key);
    row.effect = "systemctl restart " + unit_.name + " refuses: Unit " + name +
                 (fragment.masked ? " is masked" : " not found");
  }

  // What is started when the unit fails; nobody is told where it is not there.
  void on_failure(const ini::Entry& entry) {
    for (const auto& name : units_in(entry)) {
      if (name.find('.') == std::string::npos) continue;
      auto& row = add_named(survey_.place(entry.value.span), "failure-unit", name,
                            search_.fragment(name), entry.key.value);
      row.effect = "nothing happens when " + unit_.name + " fails";
      if (row.state == "found") program_of(name);
    }
  }

  // What that unit starts must be there as well.
  void program_of(const std::string& name) {
    const auto fragment = search_.fragment(name);
    if (fragment.path.empty() || fragment.masked || fragment.dangling) return;
    ServiceUnit told;
    told.name = name;
    told.path = fragment.path;
    (void)load_unit(survey_, told);
    for (const auto& command : told.exec_start) {
      if (!command.program.starts_with('/') || command.program.find('%') != std::string::npos)
        continue;
      auto& row = rows_["OnFailure"].emplace_back(
          unit_reference(told, command.program_place, "failure-program", command.program));
      row.resolved = tree::normalize(command.program);
      row.state = survey_.state_of(row.resolved, "file");
      row.wanted = "file";
      row.call = "execve";
      row.effect = "nobody hears of it when " + unit_.name + " fails";
    }
  }

  [[nodiscard]] std::vector<std::string> units_in(const ini::Entry& entry) const {
    std::vector<std::string> names;
    for (const auto& word : ini::split_words(entry.value.value).words) {
      auto name = expand_specifiers(word.text, unit_.name);
      if (name.known && name.refused == 0) names.push_back(std::move(name.text));
    }
    return names;
  }

  // Of units other than services not all places are known.
  facts::Reference& add_named(const facts::Place& place, std::string kind, const std::string& name,
                              const UnitSearch::Fragment& fragment, const std::string& key) {
    auto& row = rows_[key].emplace_back(unit_reference(unit_, place, std::move(kind), name));
    const bool there =
        !name.ends_with(".service") || !fragment.path.empty() || is_generated(survey_, name);
    row.state = there && !fragment.masked ? "found" : "missing";
    row.wanted = "unit";
    return row;
  }

  // NAME.requires/: the name of the link counts, wherever it leads.
  void read_directories() {
    if (survey_.state_of("/usr/lib/systemd/system", "directory") != "found") return;
    for (const std::string_view base : {"/etc/systemd/system", "/usr/lib/systemd/system"}) {
      const auto directory = tree::join(base, unit_.name + ".requires");
      const auto names = tree::list_directory(survey_.tree, directory);
      if (!names) continue;
      for (const auto& name : *names)
        if (name.ends_with(".service"))
          require(Survey::whole_file(tree::join(directory, name)), name, "requires/");
    }
  }

  // Of two that the boot starts and that exclude each other, one is left out.
  void conflicting(const ini::Entry& entry) {
    if (!unit_.enabled) return;
    for (const auto& word : ini::split_words(entry.value.value).words) {
      if (!word.text.ends_with(".service") || !search_.wanted_at_boot({word.text})) continue;
      const auto fragment = search_.fragment(word.text);
      if (fragment.path.empty() || fragment.masked || fragment.dangling || word.text == unit_.name)
        continue;
      survey_.facts.add(
          unit_problem(survey_.place(entry.value.span), "conflict", "warning",
                       "the boot starts " + unit_.name + " and " + word.text +
                           ", and they exclude each other: one of them does not come up",
                       "disable one of the two, or take the line out"));
    }
  }

  // "|" makes it one of several of which one suffices, "!" turns it round: neither is judged.
  void tested(const ini::Entry& entry, const PathTest& test, bool asserted) {
    const auto wanted = test.wanted;
    const auto& value = entry.value.value;
    if (value.empty()) return void(rows_.erase(entry.key.value));
    const auto path = expand_specifiers(value, unit_.name);
    if (!path.known || path.refused != 0 || value[0] == '!' || value[0] == '|') return;
    if (!path.text.starts_with('/'))
      return void(survey_.facts.add(
          unit_problem(survey_.place(entry.value.span), "bad-value", "warning",
                       entry.key.value + "= path is not absolute, ignoring: " + path.text,
                       "write the whole path")));
    if (is_made_at_run_time(path.text)) return;
    auto reference = unit_reference(unit_, survey_.place(entry.value.span),
                                    asserted ? "assertion" : "condition", value);
    reference.resolved = path.text;
    reference.state = state_of(path.text, test);
    reference.wanted = wanted.empty() ? "file or directory" : wanted;
    reference.required = asserted;
    reference.effect = asserted ? unit_.name + " does not start (Result=assert)"
                                : unit_.name + " is skipped: " + entry.key.value + " was not met";
    if (reference.state == "missing") reference.nearest = survey_.nearest_path(reference.resolved);
    rows_[entry.key.value].push_back(std::move(reference));
  }

  // Of mount points those are known that fstab(5) or a unit makes.
  [[nodiscard]] bool is_mounted(const std::string& path) const {
    auto unit = path.substr(1) + ".mount";
    std::ranges::replace(unit, '/', '-');
    for (const std::string_view directory : {"/etc/systemd/system", "/usr/lib/systemd/system"})
      if (survey_.state_of(tree::join(directory, unit), "file") != "missing") return true;
    const auto table = tree::read_file(survey_.tree, "/etc/fstab");
    return !table || table->find(path) != std::string::npos;
  }

  [[nodiscard]] std::string state_of(const std::string& path, const PathTest& test) const {
    if (tree::has_wildcard(path))
      return tree::glob(survey_.tree, path, 1).paths.empty() ? "missing" : "found";
    if (test.wanted == "mount point")
      return survey_.state_of(path, "directory") == "missing" || !is_mounted(path) ? "missing"
                                                                                   : "dynamic";
    const auto wanted = test.wanted;
    if (test.name == "DirectoryNotEmpty") {
      const auto names = tree::list_directory(survey_.tree, path);
      if (names && names->empty()) return "missing";
    }
    const auto state = survey_.state_of(path, wanted.empty() ? "file" : wanted);
    return wanted.empty() && state == "wrong-type" ? "found" : state;
  }

  Survey& survey_;
  const UnitSearch& search_;
  const ServiceUnit& unit_;
  std::map<std::string, std::vector<facts::Reference>> rows_;  // setting to what it names
};

}  // namespace

bool add_unit_requirements(Survey& survey, const UnitSearch& search, const ServiceUnit& unit) {
  return Requirements(survey, search, unit).add_all();
}

}  // namespace stackaudit::stack

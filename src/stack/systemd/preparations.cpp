// What one command makes, a later one may test: they are followed in their order.
#include "stack/systemd/preparations.hpp"

#include "stack/runtime_places.hpp"
#include "stack/systemd/references.hpp"
#include "stack/systemd/spelling.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// They leave no file behind that a later test could find.
constexpr auto kTools = std::to_array<std::string_view>(
    {"nginx", "apache2", "apachectl", "apache2ctl", "httpd", "test", "[", "true", "sleep", "chown",
     "chgrp", "chmod", "rm", "find"});

struct PathTest {
  std::string_view option, wanted;
};
constexpr std::array kPathTests{PathTest{"-f", "file"}, PathTest{"-d", "directory"},
                                PathTest{"-e", ""},     PathTest{"-s", "file"},
                                PathTest{"-r", ""},     PathTest{"-x", ""}};

class Preparations {
 public:
  Preparations(Survey& survey, const Systemd& systemd, const ServiceUnit& unit)
      : survey_(survey), systemd_(systemd), unit_(unit) {}

  void run() {
    const auto own = Systemd::identity(unit_, survey_.accounts);
    if (!own) return;
    for (const auto& command : unit_.exec_start_pre) {
      const Actor actor{unit_.kind, "ExecStartPre of " + unit_.name,
                        command.full_privileges ? tree::root_principal() : *own, &unit_.fences};
      const auto name = tree::basename(command.program);
      if (!command.ignore_failure) known(actor, command, name);
      if (std::ranges::find(kTools, name) == kTools.end()) unknown_before_ = true;
    }
  }

 private:
  void known(const Actor& actor, const Command& command, std::string_view name) {
    const bool directories = std::ranges::find(command.args, "-d") != command.args.end();
    if (name == "mkdir" || (name == "install" && directories))
      for (const auto& path : paths_of(command, name == "mkdir" ? "-m" : "-m-o-g"))
        make(actor, command, path);
    if (name == "touch")
      for (const auto& path : paths_of(command, "-d-r-t")) touch(actor, command, path);
    if (name == "chown") change_owner(actor, command);
    if (name == "test" || name == "[") test(command);
  }

  // The absolute paths among the arguments; `valued`: options whose next word is no path.
  static std::vector<std::string> paths_of(const Command& command, std::string_view valued) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < command.args.size(); ++i) {
      const auto& arg = command.args[i];
      if (arg.size() == 2 && arg[0] == '-' && valued.find(arg) != std::string_view::npos)
        ++i;
      else if (arg.starts_with('/') && arg.find_first_of("$%*?") == std::string::npos)
        paths.push_back(tree::normalize(arg));
    }
    return paths;
  }

  void open(const Actor& actor, const Command& command, tree::Operation operation,
            std::string path) {
    survey_.open(actor, {operation, std::move(path), command.place, "preparation", "start",
                         unit_.name + " does not start", true});
  }

  // The first part of the path that is not there is the one whose parent decides.
  void make(const Actor& actor, const Command& command, std::string path) {
    if (path.starts_with("/var/run/")) path.erase(0, 4);
    if (survey_.state_of(path, "directory") != "missing") return;
    for (auto parent = std::string(tree::dirname(path)); parent.size() > 1;
         parent = tree::dirname(parent)) {
      if (systemd_.made_at_boot(path) != nullptr) return;
      if (survey_.state_of(parent, "directory") != "missing") break;
      path = parent;
    }
    open(actor, command, tree::Operation::create, path);
  }

  void touch(const Actor& actor, const Command& command, const std::string& path) {
    const bool there = survey_.state_of(path, "file") == "found";
    if (there || survey_.state_of(tree::dirname(path), "directory") == "found")
      open(actor, command, there ? tree::Operation::append : tree::Operation::create, path);
  }

  // A file can be given away by root alone.
  void change_owner(const Actor& actor, const Command& command) {
    if (actor.who.capabilities.chown) return;
    const auto owner = std::ranges::find_if(command.args, [](const auto& arg) {
      return !arg.starts_with('-') && !arg.starts_with('/');
    });
    if (owner == command.args.end()) return;
    const auto name = owner->substr(0, owner->find_first_of(":."));
    const auto* user = survey_.accounts.user(name);
    for (const auto& path : paths_of(command, "")) {
      const auto end = tree::resolve(survey_.tree, path);
      if (!end || user == nullptr) continue;
      if (end.stat.uid == actor.who.uid && user->uid == actor.who.uid) continue;
      survey_.facts.add(unit_problem(command.place, "command-refused", "error",
                                     "chown of " + path + " as " + actor.who.name +
                                         ": Operation not permitted, " + unit_.name +
                                         " does not start",
                                     "a \"+\" before the program lets it run as root"));
    }
  }

  void test(const Command& command) {
    if (unknown_before_ || command.args.size() < 2) return;
    const auto* kind = std::ranges::find(kPathTests, command.args[0], &PathTest::option);
    const bool more = command.args.size() > 2 && command.args[2] != "]";
    const auto& path = command.args[1];
    if (kind == kPathTests.end() || more || !path.starts_with('/') ||
        path.find_first_of("$%") != std::string::npos || is_made_at_run_time(path) ||
        tree::is_within(path, "/tmp"))
      return;
    auto row = unit_reference(unit_, command.place, "tested-path", path);
    row.resolved = tree::normalize(path);
    row.state = survey_.state_of(row.resolved, kind->wanted.empty() ? "file" : kind->wanted);
    if (kind->wanted.empty() && row.state == "wrong-type") row.state = "found";
    row.wanted = kind->wanted.empty() ? "file or directory" : kind->wanted;
    row.call = "stat";
    row.effect = unit_.name + " does not start: ExecStartPre= ends with status 1";
    if (row.state == "missing") row.nearest = survey_.nearest_path(row.resolved);
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  const Systemd& systemd_;
  const ServiceUnit& unit_;
  bool unknown_before_ = false;
};

}  // namespace

void add_unit_preparations(Survey& survey, const Systemd& systemd, const ServiceUnit& unit) {
  Preparations(survey, systemd, unit).run();
}

}  // namespace stackaudit::stack

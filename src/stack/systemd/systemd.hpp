// systemd services as systemd would load them: search path, drop-ins, enablement; and for the
// services of this audit the process that they start, as whom.
#pragma once

#include "stack/survey.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stackaudit::stack {

// One command of ExecStart= and its kin.
struct Command {
  std::string program;            // absolute path, prefixes (-, +, !, @) taken off
  std::vector<std::string> args;  // after systemd's unquoting; environment variables not expanded
  facts::Place place;             // the value of the setting
  bool ignore_failure = false;    // "-" prefix
  bool full_privileges = false;   // "+" prefix: User= does not apply
};

struct ServiceUnit {
  std::string name;  // "nginx.service"
  std::string path;  // fragment in effect
  std::vector<std::string> drop_ins;
  std::optional<std::string> user;   // User= in effect
  std::optional<std::string> group;  // Group= in effect
  facts::Place user_place;           // of User=, or of the unit file
  std::vector<std::string> supplementary_groups;
  std::vector<Command> exec_start_pre, exec_start;
  std::vector<std::pair<std::string, std::string>> environment;  // Environment= in order
  std::vector<std::string> runtime_directories;                  // RuntimeDirectory=, below /run
  std::string pid_file;
  bool net_bind_service = false;  // AmbientCapabilities= has CAP_NET_BIND_SERVICE
  bool enabled = false;
  bool masked = false;
};

class Systemd {
 public:
  // The unit that starts a service of this kind ("nginx", "apache", "php-fpm", "mariadb"), nullptr
  // where none does. Judged by name and by the program of ExecStart=, not by name alone.
  [[nodiscard]] const ServiceUnit* find(std::string_view kind) const;
  [[nodiscard]] const std::vector<ServiceUnit>& units() const { return units_; }

  // The identity in which the unit's main process starts: root with all capabilities where User=
  // is not set. An account that does not exist gives root's absence: nullopt.
  [[nodiscard]] static std::optional<tree::Principal> identity(const ServiceUnit& unit,
                                                               const tree::Accounts& accounts);

  std::vector<ServiceUnit> units_;
};

// Reads the units of the search path that concern the kinds above, with their drop-ins; fills
// `unit`, `reference` (EnvironmentFile=, ExecStart= programs), `file` and `syntax_problem`.
// Without any unit directory in the tree the result is empty.
Systemd read_systemd(Survey& survey);

}  // namespace stackaudit::stack

// systemd services as systemd would load them: search path, drop-ins, enablement; and for the
// services of this audit the process that they start, as whom.
#pragma once

#include "stack/survey.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace stackaudit::stack {

// One command of ExecStart= and its kin.
struct Command {
  std::string setting;            // ExecStart
  std::string program;            // absolute path, prefixes (-, +, !, @) taken off
  std::vector<std::string> args;  // after systemd's unquoting; environment variables not expanded
  facts::Place place;             // the value of the setting
  facts::Place program_place;     // the program's name in it
  bool ignore_failure = false;    // "-" prefix
  bool full_privileges = false;   // "+" or "!" prefix: User= does not apply
};

// A path that a setting names, EnvironmentFile=-/etc/default/nginx.
struct NamedPath {
  std::string path;
  facts::Place place;  // the path without its prefix
  bool optional = false;
};

// A group of SupplementaryGroups=, and the setting that names it.
struct NamedGroup {
  std::string name;
  facts::Place place;
};

// RestrictAddressFamilies=: the only families, or with "~" those that are taken away.
struct AddressFamilies {
  bool only = true;
  std::set<std::string, std::less<>> names;  // "AF_UNIX"
  facts::Place place;
};

// What StateDirectory=, LogsDirectory= or CacheDirectory= makes at the unit's start, as its user.
struct OwnDirectories {
  std::vector<std::string> names;       // absolute paths
  std::uint32_t mode = 0755;            // StateDirectoryMode= and its kin
  std::optional<facts::Place> place{};  // of the last line that names some, or their mode
};

struct ServiceUnit {
  std::string name;  // "nginx.service"
  std::string kind;  // "nginx", "apache", "php-fpm", "mariadb"
  std::string path;  // fragment in effect
  std::vector<std::string> aliases;
  std::vector<std::string> drop_ins;
  std::string type;         // Type= in effect; empty: simple
  facts::Place type_place;  // of Type=, or of the unit file
  std::string kill_mode, start_timeout;
  std::string standard_output, standard_error;  // StandardOutput=, StandardError= in effect
  bool remains_after_exit = false;
  bool started = false;              // of own_units(): by boot, or by a timer, a socket or a path
  std::optional<std::string> user;   // User= in effect
  std::optional<std::string> group;  // Group= in effect
  facts::Place user_place;           // of User=, or of the unit file
  facts::Place group_place;
  bool dynamic_user = false;
  bool no_new_privileges = false;
  std::vector<NamedGroup> supplementary_groups;
  std::vector<Command> exec_start_pre, exec_start, exec_start_post, exec_others;
  std::vector<std::pair<std::string, std::string>> environment;         // Environment= in order
  std::map<std::string, facts::Place, std::less<>> environment_places;  // where each is assigned
  bool environment_whole = false;  // no variable comes from elsewhere but the manager's own
  std::vector<NamedPath> environment_files;
  std::vector<NamedPath> sandbox_paths;  // ReadWritePaths= and its kin
  std::vector<Fence> fences;             // what they and ProtectSystem=, ProtectHome= come to
  std::optional<IniValue> protect_system, protect_home;
  std::optional<facts::Place> private_tmp;     // PrivateTmp=, where it is on
  IniValues limits;                            // LimitNOFILE=, MemoryMax=
  std::optional<facts::Place> bounding_place;  // CapabilityBoundingSet=
  std::optional<facts::Place> emptied_place;   // the last empty ExecStart=
  std::optional<NamedPath> working_directory;
  bool works_at_home = false;                    // WorkingDirectory=~
  std::optional<NamedPath> root_directory;       // RootDirectory=: the program sees nothing else
  std::vector<std::string> runtime_directories;  // RuntimeDirectory=, below /run
  std::uint32_t runtime_mode = 0755;             // RuntimeDirectoryMode=
  std::optional<facts::Place> runtime_mode_place;
  std::map<std::string, OwnDirectories> own_directories;  // by what they lie below, "/var/lib/"
  std::optional<AddressFamilies> families;
  std::string pid_file;
  facts::Place pid_file_place;
  tree::Capabilities ambient;               // AmbientCapabilities=
  std::vector<std::string> ambient_powers;  // those of it that are as good as root
  facts::Place ambient_place;
  tree::Capabilities bounding = tree::Capabilities::all();  // CapabilityBoundingSet=
  bool net_bind_service = false;  // AmbientCapabilities= has CAP_NET_BIND_SERVICE
  bool has_install = false;       // an [Install] section: it can be enabled
  bool enabled = false;
  bool masked = false;
  bool dangling = false;  // wanted at boot, but its file is a link to nowhere: as if masked
  bool skipped = false;   // a condition is not met here: it is passed over, and does not fail
  bool refused = false;   // systemd does not load it: see syntax_problem
};

// A command of a unit, and whether the unit's start fails with it.
struct UnitCommand {
  const Command& command;
  bool starts;
};

// All commands of a unit, ExecStartPre= first; those of ExecStartPost= are of the start as well,
// those of ExecReload=, ExecStop= and ExecStopPost= are not.
[[nodiscard]] std::vector<UnitCommand> commands_of(const ServiceUnit& unit);

// Whether a setting was made on this machine: it is not of a unit that the distribution brings.
[[nodiscard]] bool is_local(const facts::Place& place);

// A directory or link that the boot makes: tmpfiles.d(5) lines, and RuntimeDirectory= and its kin
// of services.
struct BootDirectory {
  std::string path;
  std::uint32_t mode = 0755;
  std::string user, group;
  std::optional<facts::Place> place{};  // of the line that says so on this machine
};

// Whether User= says root, or nothing.
[[nodiscard]] bool starts_as_root(const ServiceUnit& unit);

class Systemd {
 public:
  // The unit that starts a service of this kind ("nginx", "apache", "php-fpm", "mariadb"), nullptr
  // where none does. Judged by name and by the program of ExecStart=, not by name alone; enabled
  // and unmasked ones first.
  [[nodiscard]] const ServiceUnit* find(std::string_view kind) const;
  // The same, but preferring the unit one of whose commands has this argument (a configuration
  // file), or whose program or name contains the word ("8.2").
  [[nodiscard]] const ServiceUnit* find(std::string_view kind, std::string_view argument,
                                        std::string_view word) const;
  [[nodiscard]] const std::vector<ServiceUnit>& units() const { return units_; }

  // Who owns the directory that will be there after the boot, nullptr where nobody makes it.
  [[nodiscard]] const BootDirectory* made_at_boot(std::string_view directory) const;

  // The identity in which the unit's main process starts: root with all capabilities (less those
  // that CapabilityBoundingSet= takes) where User= is not set. An account or group that does not
  // exist gives nullopt.
  [[nodiscard]] static std::optional<tree::Principal> identity(const ServiceUnit& unit,
                                                               const tree::Accounts& accounts);

  // Wanted at boot by a link (`path`) and of the kinds above by name, but without a unit file.
  [[nodiscard]] const std::vector<ServiceUnit>& absent() const { return absent_; }

  std::vector<ServiceUnit> units_;
  std::vector<ServiceUnit> absent_;
  std::vector<BootDirectory> boot_directories_;
};

// Reads the units of the search path that concern the kinds above, with their drop-ins; fills
// `unit`, `reference` (EnvironmentFile=, ExecStart= programs), `file` and `syntax_problem`.
// Without any unit directory in the tree the result is empty.
Systemd read_systemd(Survey& survey);

}  // namespace stackaudit::stack
